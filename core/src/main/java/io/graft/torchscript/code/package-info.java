/**
 * The code of a TorchScript archive as text: classes and methods, taken apart line by line. No more of the language is understood
 * than the form in which PyTorch prints it.
 *
 * <p>Knows text; must not know pickles, plans or files. Start reading at {@code ClassText}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.torchscript.code;

import org.apiguardian.api.API;

/**
 * Extensions, jars or folders of jars that are dropped beside Graft: reading them, a class loader for each, and finding the services
 * that they and the class path offer.
 *
 * <p>Knows jars and class loaders and nothing of Graft: no configuration, no checkpoint, no DJL. What cannot be used is a value with
 * a reason and a cure, never an exception. Start reading at {@link io.graft.extension.LoadedExtensions}, then at {@link
 * io.graft.extension.ServiceScan}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.extension;

import org.apiguardian.api.API;

/**
 * PyTorch checkpoints, read and written: the zip container of {@code torch.save}, its pickle, the tensors and the state dicts
 * in it; and the archives of {@code torch.jit.save}.
 *
 * <p>One way, three steps, each handing over a value: {@link io.graft.checkpoint.pytorch.container.TorchArchive} (or
 * {@link io.graft.checkpoint.pytorch.container.LegacyContainer}) finds the parts of the container,
 * {@link io.graft.checkpoint.pytorch.pickle.PickleReader} turns a pickle into plain
 * {@link io.graft.checkpoint.pytorch.pickle.PickleValue values} without executing anything, and
 * {@link io.graft.checkpoint.pytorch.state.ModelState} or {@link io.graft.checkpoint.pytorch.script.ScriptModule} picks the state dict,
 * whose tensors {@link io.graft.checkpoint.pytorch.storage.TensorResolver} ties to byte ranges. What
 * optimizers remember is read by {@link io.graft.checkpoint.pytorch.SavedProgress} alone.
 *
 * <p>The way back: {@link io.graft.checkpoint.pytorch.PytorchWriter} writes a state dict as {@code torch.save} does, and
 * {@link io.graft.checkpoint.pytorch.TorchScriptWriter} a copy of an archive with other values.
 *
 * <p>Of a TorchScript program no more is looked at than the lines that name a class's parameters and buffers. Start reading
 * at {@link io.graft.checkpoint.pytorch.PytorchFormat}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.checkpoint.pytorch;

import org.apiguardian.api.API;

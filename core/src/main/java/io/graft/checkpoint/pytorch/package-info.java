/**
 * PyTorch checkpoints, read and written: the zip container of {@code torch.save}, its pickle, the tensors and the layouts built on them.
 *
 * <p>One way, three steps, each handing over a value: {@link io.graft.checkpoint.pytorch.TorchArchive} (or
 * {@link io.graft.checkpoint.pytorch.LegacyContainer}) finds the parts of the container, {@link io.graft.checkpoint.pytorch.PickleReader} turns {@code data.pkl} into plain
 * {@link io.graft.checkpoint.pytorch.PickleValue values} without executing anything, and
 * {@link io.graft.checkpoint.pytorch.ModelState} picks the state dict, whose tensors
 * {@link io.graft.checkpoint.pytorch.TensorResolver} ties to byte ranges. Optimizer moments are described, never read.
 *
 * <p>The way back: {@link io.graft.checkpoint.pytorch.PytorchWriter} writes a state dict as {@code torch.save} does, and
 * {@link io.graft.checkpoint.pytorch.TorchScriptWriter} writes a copy of an archive with other values.
 *
 * <p>Knows nothing of TorchScript beyond recognising it. Start reading at
 * {@link io.graft.checkpoint.pytorch.PytorchFormat}.
 */
package io.graft.checkpoint.pytorch;

/**
 * ONNX models as checkpoints: their initializers, under the names that the parameters had where the graph tells them.
 *
 * <p>The file is walked once, with protobuf's own reader and without generated classes; tensor data are passed over, and nothing of
 * the graph is run. Start reading at {@link io.graft.format.onnx.OnnxFormat}.
 */
package io.graft.format.onnx;

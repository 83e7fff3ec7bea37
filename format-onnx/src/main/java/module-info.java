import io.graft.checkpoint.CheckpointFormat;
import io.graft.format.onnx.OnnxFormat;

/** The weights of ONNX models. */
module io.graft.format.onnx {
    requires io.graft.core;
    requires com.google.protobuf;
    requires static com.google.auto.service;
    requires static org.jspecify;

    provides CheckpointFormat with
            OnnxFormat;
}

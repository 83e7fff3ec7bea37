import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.modifiers.quantization.layout.ComfyLayout;
import io.graft.modifiers.quantization.layout.Fp8Layout;

/** Quantized weights: the layouts in which checkpoints hold them. */
module io.graft.modifiers.quantization {
    requires transitive io.graft.core;
    requires static com.google.auto.service;

    provides CheckpointLayout with
            ComfyLayout,
            Fp8Layout;
}

import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.modifiers.quantization.layout.AwqLayout;
import io.graft.modifiers.quantization.layout.BitsAndBytesLayout;
import io.graft.modifiers.quantization.layout.ComfyLayout;
import io.graft.modifiers.quantization.layout.CompressedLayout;
import io.graft.modifiers.quantization.layout.Fp4Layout;
import io.graft.modifiers.quantization.layout.Fp8Layout;
import io.graft.modifiers.quantization.layout.GptqLayout;
import io.graft.modifiers.quantization.layout.HqqLayout;
import io.graft.modifiers.quantization.layout.MlxLayout;
import io.graft.modifiers.quantization.layout.TorchaoLayout;

/** Quantized weights: the layouts in which checkpoints hold them. */
module io.graft.modifiers.quantization {
    requires transitive io.graft.core;
    requires static com.google.auto.service;
    requires static org.jspecify;

    provides CheckpointLayout with
            AwqLayout,
            BitsAndBytesLayout,
            ComfyLayout,
            CompressedLayout,
            Fp4Layout,
            Fp8Layout,
            GptqLayout,
            HqqLayout,
            MlxLayout,
            TorchaoLayout;
}

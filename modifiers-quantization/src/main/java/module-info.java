import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.model.parametrization.StorageMaker;
import io.graft.modifiers.quantization.QuantizationModelModifier_Provider;
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
import io.graft.modifiers.quantization.stored.FoundMaker;
import io.graft.registry.ModifierProvider;

/** Quantized weights: the modifier that makes them, its options for programs that make it without a file, and the layouts in which checkpoints hold them. */
module io.graft.modifiers.quantization {
    requires transitive io.graft.core;
    requires static com.google.auto.service;
    requires static org.jspecify;

    exports io.graft.modifiers.quantization;
    exports io.graft.modifiers.quantization.options;

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
    provides StorageMaker with
            FoundMaker;
    provides ModifierProvider with
            QuantizationModelModifier_Provider;
}

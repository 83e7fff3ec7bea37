package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.DeclaredKind.BUFFER;
import static io.graft.checkpoint.DeclaredKind.FROZEN_PARAMETER;
import static io.graft.checkpoint.DeclaredKind.PARAMETER;
import static io.graft.checkpoint.pytorch.TorchFiles.fixture;
import static io.graft.checkpoint.pytorch.TorchFiles.open;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.DeclaredKind;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3 of the field reports: kinds and flags as the file has them. */
class DeclaredKindsTest {
    @ParameterizedTest
    @ValueSource(strings = {"torch/flags.pt", "torch/flags-script.pt"})
    void aWholeModuleTellsParametersBuffersAndFlags(String file) {
        assertEquals(
                Map.of(
                        "encoder.weight", FROZEN_PARAMETER,
                        "encoder.bias", FROZEN_PARAMETER,
                        "decoder.weight", PARAMETER,
                        "decoder.bias", PARAMETER,
                        "coordinates", BUFFER,
                        "mean", BUFFER),
                declared(file));
    }

    @Test
    void ofABareDictParametersAndLeavesTellThemselves() {
        assertEquals(
                Map.of(
                        "encoder.weight", FROZEN_PARAMETER,
                        "encoder.bias", FROZEN_PARAMETER,
                        "decoder.weight", PARAMETER,
                        "decoder.bias", PARAMETER,
                        "leaf", PARAMETER),
                declared("torch/flags-parameters.pt"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"torch/state-dict.pt", "torch/nested.pt"})
    void aStateDictTellsNothing(String file) {
        assertEquals(Map.of(), declared(file));
    }

    /** Its constants may have been either. */
    @Test
    void aFrozenArchiveTellsNothingOfItsConstants() {
        assertEquals(Map.of(), declared("torchscript/frozen.pt"));
    }

    private static Map<String, DeclaredKind> declared(String file) {
        Map<String, DeclaredKind> declared = new LinkedHashMap<>();
        open(fixture(file)).tensors().values().forEach(entry -> {
            Optional<DeclaredKind> kind = entry.declared();
            kind.ifPresent(known -> declared.put(entry.name(), known));
        });
        return declared;
    }
}

package io.graft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.training.TensorKind;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** When the values of a draft's tensor are rounded. */
class DraftDtypeTest {
    private static final LazyTensor ALMOST_TWO = floatValue(1.75f);

    private static ModelDraft draft(DType dtype) {
        return new ModelDraft(
                List.of(),
                List.of(DraftTensor.initial("w", Set.of(), TensorKind.PARAMETER, true, Drafts.stored("w", dtype))));
    }

    private static LazyTensor floatValue(float value) {
        TensorData data = TensorData.of(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(value)
                .flip());
        return StoredTensor.of(
                new TensorEntry("w", DType.F32, Shape.SCALAR, new ByteRange(Path.of("w"), 0, 4), data), "file");
    }

    @Test
    void aFloatingPointTensorIsNotRoundedBeforeItIsWritten() throws IOException {
        ModelDraft model = draft(DType.BF16);
        model.assign("w", floatValue(1.001f));
        DraftTensor tensor = model.find("w").orElseThrow();
        assertEquals(DType.F32, tensor.value().dtype());
        assertEquals(1.001f, tensor.value().materialize().window(0, 4).getFloat());
        assertEquals(DType.BF16, tensor.written().dtype());
        assertEquals(0x3f80, tensor.written().materialize().window(0, 2).getShort());
    }

    @Test
    void anIntegerTensorHasIntegersAtOnceAndKeepsThemInAnyOtherDtype() throws IOException {
        ModelDraft model = draft(DType.I32);
        model.assign("w", ALMOST_TWO);
        LazyTensor value = model.find("w").orElseThrow().value();
        assertEquals(DType.I32, value.dtype());
        assertEquals(1, value.materialize().window(0, 4).getInt());
        model.cast("w", DType.F32);
        LazyTensor written = model.find("w").orElseThrow().written();
        assertEquals(1f, written.materialize().window(0, 4).getFloat());
    }

    @Test
    void whatCannotBeConvertedIsRefusedAndChangesNothing() {
        ModelDraft model = draft(DType.F32);
        DraftTensor before = model.find("w").orElseThrow();
        assertMessage(
                "`w` cannot be converted from C64 to F32", () -> model.assign("w", Drafts.stored("c", DType.C64)));
        assertMessage("`w` cannot be converted from F32 to F8_E4M3", () -> model.cast("w", DType.F8_E4M3));
        assertEquals(before, model.find("w").orElseThrow());
        assertEquals(List.of(), model.changes());
    }

    private static void assertMessage(String message, Executable operation) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, operation).getMessage());
    }
}

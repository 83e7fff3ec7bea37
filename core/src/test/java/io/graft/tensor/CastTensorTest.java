package io.graft.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class CastTensorTest {
    private static final Shape SHAPE = Shape.of(2, 1);

    private final TensorData data = TensorData.of(ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putFloat(1.5f)
            .putFloat(0x1.8p8f + 1)
            .flip());
    private final LazyTensor stored = StoredTensor.of(
            new TensorEntry("w", DType.F32, SHAPE, new ByteRange(Path.of("model.pt"), 0, 8), data), "model.pt");

    @Test
    void itKeepsTheShapeAndRoundsTheValues() throws IOException {
        CastTensor cast = new CastTensor(stored, DType.BF16);
        assertEquals(DType.BF16, cast.dtype());
        assertEquals(SHAPE, cast.shape());
        assertArrayEquals(
                new byte[] {(byte) 0xc0, 0x3f, (byte) 0xc0, 0x43}, Fixtures.bytes(cast.materialize()), "1.5 and 384");
    }

    @Test
    void itTellsWhatIsDoneWithWhichTensor() {
        CastTensor cast = new CastTensor(stored, DType.BF16);
        assertEquals(List.of(stored), cast.inputs());
        assertEquals(
                new Provenance.Computed("cast F32 to BF16", List.of(new Provenance.Stored("model.pt", "w"))),
                cast.provenance());
        assertEquals(List.of(stored), new CastTensor(cast, DType.F64).sources().toList());
    }

    @Test
    void itsRoundingMayBeWatched() throws IOException {
        CastTensor cast = new CastTensor(stored, DType.BF16);
        Rounding rounding = new Rounding(true, false);
        assertArrayEquals(Fixtures.bytes(cast.materialize()), Fixtures.bytes(cast.materialize(rounding)));
        assertEquals(OptionalDouble.of(1 / 385.0), rounding.maxRelativeError());
    }

    @Test
    void itRefusesWhatCannotBeConverted() {
        assertEquals(
                "no conversion from F32 to C64",
                assertThrows(IllegalArgumentException.class, () -> new CastTensor(stored, DType.C64))
                        .getMessage());
    }
}

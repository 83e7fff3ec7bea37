package io.graft.checkpoint.layout;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.multiply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutsTest {
    @TempDir
    Path folder;

    private static Part part(String name, DType dtype, long... shape) {
        Shape of = Shape.of(shape);
        return new Part(name, dtype, of, TensorData.of(ByteBuffer.allocate((int) dtype.byteCount(of))));
    }

    private static StoredTensors stored(Part... parts) {
        return new StoredTensors(List.of(parts), ModelConfiguration.NONE, Map.of());
    }

    /** A layout of the tests: {@code codes} and {@code factor} are {@code weight}. */
    public static class Pairs implements CheckpointLayout {
        @Override
        public String id() {
            return "pairs";
        }

        @Override
        public Grouping group(StoredTensors stored) {
            return new Grouping(
                    stored.all().stream()
                            .filter(part -> part.last().equals("codes"))
                            .map(part -> {
                                Part factor =
                                        stored.find(part.sibling("factor")).orElseThrow();
                                String name = part.sibling("weight");
                                return TensorSet.of(
                                        id(),
                                        "pairs",
                                        name,
                                        List.of(part, factor),
                                        cast(
                                                multiply(TensorSet.leaf(name, part), TensorSet.leaf(name, factor)),
                                                DType.BF16));
                            })
                            .toList(),
                    Set.of("marker"),
                    List.of("a note"));
        }
    }

    /** Another that takes the same. */
    public static final class Rivals extends Pairs {
        @Override
        public String id() {
            return "rivals";
        }
    }

    /** One that fails. */
    public static final class Failing implements CheckpointLayout {
        @Override
        public String id() {
            return "failing";
        }

        @Override
        public Grouping group(StoredTensors stored) {
            throw new IllegalStateException("no luck");
        }
    }

    private ClassLoader with(Class<?>... layouts) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        StringBuilder names = new StringBuilder();
        for (Class<?> layout : layouts) {
            names.append(layout.getName()).append('\n');
        }
        Files.writeString(services.resolve(CheckpointLayout.class.getName()), names);
        return new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
    }

    @Test
    void aLayoutOfAJarIsAsked() throws IOException {
        Grouping grouping = Layouts.group(
                stored(part("m.codes", DType.I8, 2, 3), part("m.factor", DType.F32, 1), part("n.codes2", DType.U8, 1)),
                with(Pairs.class));
        TensorSet set = grouping.sets().get(0);
        assertEquals("m.weight", set.name());
        assertEquals(DType.BF16, set.dtype());
        assertEquals(Shape.of(2, 3), set.shape());
        assertEquals(
                List.of("codes", "factor"), set.parts().stream().map(set::slot).toList());
        assertEquals(List.of("m.codes", "m.factor"), set.names());
        assertEquals(Set.of("marker"), grouping.markers());
        assertEquals(List.of("a note"), grouping.notes());
    }

    @Test
    void nobodyIsAskedWhereNothingMayBeCodes() throws IOException {
        assertEquals(
                Grouping.NONE,
                Layouts.group(
                        stored(part("m.weight", DType.F16, 2, 3), part("m.ids", DType.I64, 4)), with(Failing.class)));
    }

    @Test
    void twoLayoutsThatClaimOneTensorAreAnError() throws IOException {
        Grouping grouping = Layouts.group(
                stored(part("m.codes", DType.I8, 2, 3), part("m.factor", DType.F32, 1)),
                with(Pairs.class, Rivals.class));
        assertEquals(1, grouping.sets().size());
        assertEquals(
                Optional.of(new Refusal(
                        "is claimed by two layouts, `pairs` (test-classes) and `rivals` (test-classes), which both take `m.codes`",
                        "take the jar of one of them away")),
                grouping.sets().get(0).refusal());
    }

    @Test
    void aLogicalTensorThatIsAlsoStoredIsAnError() throws IOException {
        Grouping grouping = Layouts.group(
                stored(
                        part("m.codes", DType.I8, 2, 3),
                        part("m.factor", DType.F32, 1),
                        part("m.weight", DType.F32, 2, 3)),
                with(Pairs.class));
        assertEquals(
                Optional.of(new Refusal(
                        "is both a stored tensor and what [m.codes, m.factor] stand for", "keep one of the two")),
                grouping.sets().get(0).refusal());
    }

    @Test
    void aLayoutThatFailsIsTold() throws IOException {
        assertEquals(
                List.of("the layout " + Failing.class.getName() + " failed: no luck"),
                Layouts.group(stored(part("m.codes", DType.I8, 2, 3)), with(Failing.class))
                        .notes());
    }

    @Test
    void aSiblingIsFoundByTheLastOfItsName() {
        Part codes = part("m.codes", DType.I8, 2, 3);
        Part top = part("codes", DType.I8, 2, 3);
        Part factor = part("m.factor", DType.F32, 1);
        StoredTensors stored = stored(codes, top, factor);
        assertEquals(Optional.of(factor), stored.sibling(codes, "factor"));
        assertEquals(Optional.empty(), stored.sibling(top, "factor"));
        assertEquals(Optional.empty(), stored.sibling(codes, "scale"));
        assertEquals(Set.of("codes", "factor"), stored.lasts());
        assertEquals(List.of(codes, top), stored.called("codes"));
        assertEquals(List.of(), stored.called("scale"));
        assertEquals(Set.of(DType.I8, DType.F32), stored.dtypes());
    }

    @Test
    void aSetIsHeldToItsWord() {
        Part codes = part("m.codes", DType.I8, 2, 3);
        assertEquals(
                "`n.codes` does not lie beside `m.weight`",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> TensorSet.refused(
                                        "x",
                                        "x",
                                        "m.weight",
                                        DType.F32,
                                        Shape.of(2),
                                        List.of(codes, part("n.codes", DType.I8, 2)),
                                        new Refusal("is none", "")))
                        .getMessage());
        assertEquals(
                "`n.codes` does not lie beside `m.weight`",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> TensorSet.leaf("m.weight", part("n.codes", DType.I8, 2)))
                        .getMessage());
        assertEquals(
                "`m.weight` must have a value or a refusal, and not both",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new TensorSet(
                                        "x",
                                        "x",
                                        "m.weight",
                                        DType.F32,
                                        Shape.of(2, 3),
                                        List.of(codes),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Map.of(),
                                        Optional.empty()))
                        .getMessage());
        assertEquals(
                "`m.weight` is to be BF16 [2, 3], and its expression gives I8 [2, 3]",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new TensorSet(
                                        "x",
                                        "x",
                                        "m.weight",
                                        DType.BF16,
                                        Shape.of(2, 3),
                                        List.of(codes),
                                        Optional.of(TensorSet.leaf("m.weight", codes)),
                                        Optional.empty(),
                                        Map.of(),
                                        Optional.empty()))
                        .getMessage());
    }
}

package io.graft.torchscript.pickle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.bytes.Advice;
import io.graft.checkpoint.bytes.ByteCursor;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.container.TorchArchive;
import io.graft.checkpoint.pytorch.pickle.PickleLimits;
import io.graft.checkpoint.pytorch.pickle.PickleReader;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Numeric;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Sequence;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import io.graft.torchscript.Archives;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectPickleTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "epd/scripted",
                "epd/traced",
                "torchscript/types",
                "torchscript/models/lstm-scripted",
                "torchscript/models/tied-scripted",
                "torchscript/models/keeping"
            })
    void whatIsWrittenAgainReadsTheSame(String fixture) throws IOException {
        PickleValue root =
                TorchArchive.open(CheckpointFile.of(Archives.path(fixture))).readPickle(PickleLimits.DEFAULT);
        PickleValue again = read(ObjectPickle.of(root, new ObjectEdit(), key -> {}));
        assertEquals(text(root), text(again));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 255, 256, 65535, 65536, Integer.MAX_VALUE, 1L << 31, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void numbersOfEveryLength(long number) throws IOException {
        Mapping mapping = new Mapping("dict");
        mapping.put(new Text("n"), Numeric.of(number));
        byte[] bytes = ObjectPickle.of(mapping, new ObjectEdit(), key -> {});
        assertEquals("dict0{n: " + number + "}", text(read(bytes)));
        boolean isLong = number != (int) number;
        assertEquals(
                isLong ? 8 : -1, isLong ? bytes[bytes.length - 11] : -1, "PyTorch reads long numbers of eight bytes");
    }

    @Test
    void whatHoldsItselfIsRefused() throws IOException {
        Opaque root = (Opaque) TorchArchive.open(CheckpointFile.of(Archives.path("m43/scripted")))
                .readPickle(PickleLimits.DEFAULT);
        ((Mapping) root.state()).put(new Text("again"), root);
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> ObjectPickle.of(root, new ObjectEdit(), key -> {}));
        assertEquals("the archive's object holds a __torch__.M43 that holds itself", refused.getMessage());
    }

    private static PickleValue read(byte[] bytes) throws IOException {
        Refusals refusals = new Refusals(Path.of("test"), Advice.always(""));
        try (ByteCursor cursor = new ByteCursor(new ByteArrayInputStream(bytes), bytes.length)) {
            return new PickleReader(cursor, "test", refusals, PickleLimits.DEFAULT).read();
        }
    }

    /** A tree as text, in which nodes that stand in several places have a number. */
    private static String text(PickleValue root) {
        return new Printing().text(root);
    }

    private static final class Printing {
        private final IdentityHashMap<PickleValue, Integer> seen = new IdentityHashMap<>();

        String text(PickleValue value) {
            boolean holds = !ObjectTree.children(value).isEmpty() || value instanceof PickleValue.TensorValue;
            if (holds && seen.containsKey(value)) {
                return "#" + seen.get(value);
            }
            String number = "";
            if (value instanceof Mapping || (holds && !(value instanceof Sequence))) {
                number = String.valueOf(seen.size());
                seen.put(value, seen.size());
            }
            if (value instanceof Mapping mapping) {
                List<String> items = new ArrayList<>();
                for (Item item : mapping.items()) {
                    items.add(text(item.key()) + ": " + text(item.value()));
                }
                return mapping.typeName() + number + "{" + String.join(", ", items) + "}";
            } else if (value instanceof Sequence sequence) {
                return sequence.typeName()
                        + sequence.items().stream().map(this::text).toList();
            } else if (value instanceof Opaque object) {
                return object.typeName() + number + text(object.arguments()) + text(object.state());
            } else if (value instanceof Text text) {
                return text.value();
            } else if (value instanceof Numeric numeric) {
                return numeric.value().toString();
            }
            return value + number;
        }
    }
}

package io.graft.models.resnet;

import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Binder;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.models.arguments.Keys;
import java.util.List;

/**
 * Which residual network.
 *
 * @param depth what its name tells
 * @param classes how many numbers come out
 * @param channels of an image
 * @param width channels of the first stage, 64 in the paper
 */
public record ResNetConfig(Depth depth, int classes, int channels, int width) {
    /** The columns of table 1 of the paper. */
    public enum Depth {
        D18(false, 2, 2, 2, 2),
        D34(false, 3, 4, 6, 3),
        D50(true, 3, 4, 6, 3),
        D101(true, 3, 4, 23, 3),
        D152(true, 3, 8, 36, 3);

        private final boolean bottleneck;
        private final List<Integer> units;

        Depth(boolean bottleneck, Integer... units) {
            this.bottleneck = bottleneck;
            this.units = List.of(units);
        }

        boolean bottleneck() {
            return bottleneck;
        }

        /** How many units each of the four stages has. */
        List<Integer> units() {
            return units;
        }
    }

    /** Reads it. */
    public static final class Reader implements Binder<ResNetConfig> {
        @Override
        public List<String> keys() {
            return List.of("layers", "num-classes", "num-channels", "width");
        }

        @Override
        public Bound<ResNetConfig> bind(ConfigCursor cursor) {
            Keys keys = new Keys(cursor);
            var layers = keys.object()
                    .key("layers", Decoders.string())
                    .check(Constraints.oneOf("18", "34", "50", "101", "152"))
                    .required();
            var classes = keys.count("num-classes", 1000);
            var channels = keys.count("num-channels", 3);
            var width = keys.count("width", 64);
            return keys.object()
                    .finish(() -> new ResNetConfig(
                            Depth.valueOf("D" + layers.get()), classes.get(), channels.get(), width.get()));
        }
    }
}

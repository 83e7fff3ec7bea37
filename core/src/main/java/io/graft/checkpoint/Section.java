package io.graft.checkpoint;

import io.graft.checkpoint.layout.Grouping;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.problem.Counts;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * One of several groups of tensors in a checkpoint: the model's state dict, its moving average, another network. Its tensors are
 * looked at when they are asked for.
 */
public final class Section {
    /** The name of the only state dict of a file, and of one that lies at the top. */
    public static final String MODEL = "model";

    private static final Pattern AVERAGE = Pattern.compile(
            "(^|[._])(ema|swa|avg|average|averaged|teacher|momentum_encoder|shadow)([._]|$)", Pattern.CASE_INSENSITIVE);

    private final String name;
    private final int count;
    private final long bytes;
    private final Supplier<Map<String, TensorEntry>> stored;
    private final boolean settled;
    private final Map<String, String> objects;
    private final Supplier<Contents> contents;

    private record Contents(Map<String, TensorEntry> logical, Grouping grouping) {}

    private Section(
            String name,
            int count,
            long bytes,
            Supplier<Map<String, TensorEntry>> stored,
            boolean settled,
            Map<String, String> objects,
            Function<Map<String, TensorEntry>, Contents> logical) {
        this.name = name;
        this.count = count;
        this.bytes = bytes;
        this.stored = stored;
        this.settled = settled;
        this.objects = Map.copyOf(objects);
        this.contents = once(() -> logical.apply(stored.get()));
    }

    /** Tensors that are known already, each of which is what it seems to be. */
    public static Section of(String name, Map<String, TensorEntry> stored) {
        Map<String, TensorEntry> tensors = Collections.unmodifiableMap(stored);
        long bytes = tensors.values().stream()
                .mapToLong(tensor -> tensor.data().byteCount())
                .sum();
        return new Section(name, tensors.size(), bytes, () -> tensors, false, Map.of(), Section::plain);
    }

    /**
     * Tensors that are looked at when they are asked for.
     *
     * @param bytes that they take
     */
    public static Section later(String name, int count, long bytes, Supplier<Map<String, TensorEntry>> stored) {
        return new Section(
                name,
                count,
                bytes,
                once(() -> Collections.unmodifiableMap(stored.get())),
                false,
                Map.of(),
                Section::plain);
    }

    /**
     * Tensors of a format that tells itself which of them are codes.
     *
     * @param checkpoint the file that messages name
     */
    public static Section of(String name, Map<String, TensorEntry> stored, Grouping grouping, Path checkpoint) {
        Section plain = of(name, stored);
        return new Section(
                name,
                plain.count,
                plain.bytes,
                plain.stored,
                true,
                Map.of(),
                all -> contents(all, grouping, checkpoint));
    }

    /** The same, where some stored tensors are logical ones together; itself if its format told that already. */
    Section grouped(Function<Map<String, TensorEntry>, Grouping> grouping, Path checkpoint) {
        return settled
                ? this
                : new Section(
                        name,
                        count,
                        bytes,
                        stored,
                        true,
                        objects,
                        all -> contents(all, grouping.apply(all), checkpoint));
    }

    /**
     * The same, where something else than tensors stands among them.
     *
     * @param others what it is called to its type, see {@link #objects}
     */
    public Section among(Map<String, String> others) {
        return new Section(name, count, bytes, stored, settled, others, Section::plain);
    }

    /** What stands under the name of a tensor and is none, with its type: a text, a number, an object. */
    public Map<String, String> objects() {
        return objects;
    }

    private static Contents plain(Map<String, TensorEntry> stored) {
        return new Contents(stored, Grouping.NONE);
    }

    private static Contents contents(Map<String, TensorEntry> stored, Grouping grouping, Path checkpoint) {
        if (grouping.sets().isEmpty() && grouping.markers().isEmpty()) {
            return new Contents(stored, grouping);
        }
        Map<String, TensorSet> byPart = new HashMap<>();
        for (TensorSet set : grouping.sets()) {
            for (Part part : set.parts()) {
                byPart.put(part.name(), set);
            }
        }
        Map<String, TensorEntry> logical = new LinkedHashMap<>();
        for (TensorEntry entry : stored.values()) {
            TensorSet set = byPart.get(entry.name());
            if (set == null) {
                if (!grouping.markers().contains(entry.name())) {
                    logical.put(entry.name(), entry);
                }
            } else if (set.parts().get(0).name().equals(entry.name())) {
                logical.put(set.name(), TensorEntry.of(set, stored, checkpoint));
            }
        }
        return new Contents(Collections.unmodifiableMap(logical), grouping);
    }

    /**
     * In the place of the model's own, where none of several is that for certain.
     *
     * @param refusal made when its tensors are asked for
     */
    public static Section undecided(Supplier<CheckpointException> refusal) {
        return later("", 0, 0, () -> {
            throw refusal.get();
        });
    }

    /** Whether it is one, and not {@linkplain #undecided the place of one}. */
    boolean isKnown() {
        return !name.isEmpty();
    }

    /** Its name and how many tensors it has, for people. */
    String described() {
        return "`" + TensorName.printable(name) + "` (" + Counts.of(count, "tensor") + ", " + Counts.of(bytes, "byte")
                + (isAverage() ? ", an average by its name" : "") + ")";
    }

    /** Whether its name is one that moving averages of weights have. */
    public boolean isAverage() {
        return AVERAGE.matcher(name).find();
    }

    /** How it is asked for: the keys that lead to it, joined by dots, or {@value #MODEL}. */
    public String name() {
        return name;
    }

    /** How many tensors are stored in it. */
    public int count() {
        return count;
    }

    /** The bytes that they take. */
    public long bytes() {
        return bytes;
    }

    /** The tensors as they lie in the file, in its order: codes and scales too. What is copied or listed is this. */
    public Map<String, TensorEntry> stored() {
        return stored.get();
    }

    /**
     * The tensors as they are meant, in the file's order: a quantized weight once, under its own name, with its own shape. What is
     * computed with is this.
     */
    public Map<String, TensorEntry> logical() {
        return contents.get().logical();
    }

    /** Names of stored tensors and keys of the metadata that only describe how others are stored, see {@link Grouping#markers}. */
    public Set<String> markers() {
        return contents.get().grouping().markers();
    }

    /** What layouts found, in words. */
    List<String> notes() {
        return contents.get().grouping().notes();
    }

    private static <T> Supplier<T> once(Supplier<T> made) {
        return new Supplier<>() {
            private T value;

            @Override
            public synchronized T get() {
                if (value == null) {
                    value = made.get();
                }
                return value;
            }
        };
    }
}

package io.graft.checkpoint;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.problem.Counts;
import io.graft.problem.FirstFew;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shards that are known by their names alone, {@code model-00001-of-00003.safetensors}, because no index lies beside them.
 *
 * @param files in the order of their numbers
 */
record NumberedShards(List<Path> files) {
    private static final Pattern NAME = Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})(\\.safetensors|\\.bin)");

    /** What the names of one set have in common. */
    private record Set(String stem, int count, String extension) {
        String name(int number) {
            return String.format(Locale.ROOT, "%s-%05d-of-%05d%s", stem, number, count, extension);
        }

        /** Whether transformers names its shards so. */
        boolean isUsual() {
            String whole = stem + extension;
            return whole.equals(ModelFiles.SAFETENSORS) || whole.equals(ModelFiles.PYTORCH);
        }
    }

    /**
     * Those of a folder; empty if it has none. Of several sets, transformers' own names come first.
     *
     * @param names of what lies in it
     * @throws CheckpointException if one is missing, or it is open which of several sets is meant
     */
    static Optional<NumberedShards> in(Path folder, Collection<String> names) {
        Map<Set, SortedSet<Integer>> numbers =
                new TreeMap<>(Comparator.comparing(Set::extension, Comparator.reverseOrder())
                        .thenComparing(Set::stem)
                        .thenComparing(Set::count));
        for (String name : names) {
            Matcher parts = NAME.matcher(name);
            if (parts.matches()) {
                numbers.computeIfAbsent(
                                new Set(parts.group(1), Integer.parseInt(parts.group(3)), parts.group(4)),
                                first -> new TreeSet<>())
                        .add(Integer.parseInt(parts.group(2)));
            }
        }
        if (numbers.isEmpty()) {
            return Optional.empty();
        }
        List<Set> usual = numbers.keySet().stream().filter(Set::isUsual).toList();
        List<Set> meant = usual.isEmpty() ? List.copyOf(numbers.keySet()) : usual;
        if (meant.stream()
                        .filter(set -> set.extension.equals(meant.get(0).extension))
                        .count()
                > 1) {
            throw new CheckpointException(
                    Reason.NOT_FOUND,
                    folder,
                    "a folder without an index that holds the shards of several checkpoints: "
                            + FirstFew.names(
                                    meant.stream().map(set -> set.name(1)).toList()),
                    "move those of one into a folder of their own");
        }
        return Optional.of(whole(folder, meant.get(0), numbers.get(meant.get(0))));
    }

    private static NumberedShards whole(Path folder, Set set, SortedSet<Integer> numbers) {
        List<Path> files = new ArrayList<>();
        for (int number = 1; number <= set.count && number <= numbers.size() + 1; number++) {
            if (!numbers.contains(number)) {
                throw new CheckpointException(
                        Reason.NOT_FOUND,
                        folder,
                        "a folder without an index that holds " + numbers.size() + " of " + set.count + " shards; `"
                                + set.name(number) + "` is missing",
                        "put it there; a shard alone can be given by its own name");
            }
            files.add(folder.resolve(set.name(number)));
        }
        return new NumberedShards(files);
    }

    /**
     * Opens them as one checkpoint, which has the path of the first.
     *
     * @param reader opens one file
     * @throws CheckpointException if one of them is malformed or refused, or a tensor lies in two
     */
    Checkpoint open(Function<Path, Checkpoint> reader) {
        ShardUnion union = new ShardUnion(Map.of());
        String format = "";
        for (Path file : files) {
            Checkpoint shard = reader.apply(file);
            format = shard.format();
            union.add(
                    file.getFileName().toString(),
                    shard,
                    (tensor, other) -> new CheckpointException(
                            Reason.MALFORMED,
                            file,
                            "tensor `" + TensorName.printable(tensor) + "` lies in two shards, in " + other
                                    + " as well",
                            "keep one of the two"));
        }
        union.warn("the folder has no index; its " + Counts.of(files.size(), "shard")
                + " were put together by the numbers in their names");
        return union.checkpoint(files.get(0), format);
    }
}

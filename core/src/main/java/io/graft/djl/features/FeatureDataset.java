package io.graft.djl.features;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Record;
import ai.djl.translate.Batchifier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * A file of features, as {@code graft featurize} writes it, to train a head on. A batch is read when it is its turn: rows that lie
 * together are mapped and not copied, others are copied once; what an operation in place does to them is not in the file, nor in a later
 * batch.
 *
 * <pre>{@code
 * FeatureDataset features = FeatureDataset.builder()
 *         .setFile(Path.of("features.safetensors"))
 *         .setSampling(32, true)
 *         .build();
 * EasyTrain.fit(trainer, epochs, features, null);
 * }</pre>
 *
 * <p>The file must stay as it is until the last batch is closed. A {@linkplain #randomSplit split} has the rows that it was dealt,
 * whatever the sampling.
 */
public final class FeatureDataset extends ArrayDataset {
    private static final Pattern POSITION = Pattern.compile("\\d{1,9}");

    private final Builder builder;
    private final List<FeatureColumn> columns;
    private final List<FeatureColumn> targets;
    private final long[] rows;

    private FeatureDataset(Builder builder, List<FeatureColumn> columns, List<FeatureColumn> targets, long... rows) {
        super(builder);
        this.builder = builder;
        this.columns = columns;
        this.targets = targets;
        this.rows = rows;
    }

    /** Of a file that is to be named. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected long availableSize() {
        return rows.length;
    }

    @Override
    public Record get(NDManager manager, long index) {
        return new Record(
                each(columns, column -> column.row(manager, rows[(int) index])),
                each(targets, column -> column.row(manager, rows[(int) index])));
    }

    @Override
    public Batch getByIndices(NDManager manager, long... indices) {
        long[] wanted = Arrays.stream(indices).map(index -> rows[(int) index]).toArray();
        return batch(manager, wanted.length, column -> column.rows(manager, wanted));
    }

    @Override
    public Batch getByRange(NDManager manager, long fromIndex, long toIndex) {
        int count = Math.toIntExact(toIndex - fromIndex);
        long first = rows[(int) fromIndex];
        for (int i = 0; i < count; i++) {
            if (rows[(int) fromIndex + i] != first + i) {
                return getByIndices(
                        manager, LongStream.range(fromIndex, toIndex).toArray());
            }
        }
        return batch(manager, count, column -> column.range(manager, first, first + count));
    }

    private Batch batch(NDManager manager, int size, Reading reading) {
        return new Batch(
                manager,
                each(columns, reading),
                each(targets, reading),
                size,
                Batchifier.STACK,
                Batchifier.STACK,
                -1,
                -1);
    }

    /** Makes an array of a column. */
    @FunctionalInterface
    private interface Reading {
        NDArray of(FeatureColumn column) throws IOException;
    }

    private static NDList each(List<FeatureColumn> columns, Reading reading) {
        NDList arrays = new NDList();
        try {
            for (FeatureColumn column : columns) {
                NDArray array = reading.of(column);
                array.setName(column.name());
                arrays.add(array);
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return arrays;
    }

    @Override
    protected RandomAccessDataset newSubDataset(int[] indices, int from, int to) {
        return part(Arrays.stream(indices, from, to).mapToLong(index -> rows[index]));
    }

    @Override
    protected RandomAccessDataset newSubDataset(List<Long> indices) {
        return part(indices.stream().mapToLong(index -> rows[Math.toIntExact(index)]));
    }

    private FeatureDataset part(LongStream chosen) {
        FeatureDataset part = new FeatureDataset(builder, columns, targets, chosen.toArray());
        part.limit = Long.MAX_VALUE;
        return part;
    }

    /** Which file, and what of it. */
    public static final class Builder extends BaseBuilder<Builder> {
        private Path file;
        private List<String> data = List.of();
        private List<String> labels = List.of();

        private Builder() {}

        /** Sets the file. */
        public Builder setFile(Path features) {
            this.file = features;
            return self();
        }

        /** Sets which tensors are data, in order; if not given, those that are named by numbers. */
        public Builder optData(String... names) {
            this.data = List.of(names);
            return self();
        }

        /** Sets which tensors are labels, in order; if not given, all others. */
        public Builder optLabels(String... names) {
            this.labels = List.of(names);
            return self();
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Opens the file.
         *
         * @throws IllegalArgumentException if it has no such tensors, or not as many rows of each
         * @throws IllegalStateException if no file is set
         * @throws io.graft.checkpoint.CheckpointException if the file cannot be read
         */
        public FeatureDataset build() throws IOException {
            if (file == null) {
                throw new IllegalStateException("no file is set");
            }
            Map<String, TensorEntry> found = Checkpoint.open(file).tensors();
            List<FeatureColumn> columns = columns(found, data.isEmpty() ? positions(found) : data);
            if (columns.isEmpty()) {
                throw new IllegalArgumentException(
                        "`" + file + "` has no tensor that is named by a number, as features are; it has "
                                + found.keySet() + ": say which are the data");
            }
            List<FeatureColumn> targets = columns(found, labels.isEmpty() ? others(found, columns) : labels);
            long rows = columns.get(0).rows();
            for (List<FeatureColumn> each : List.of(columns, targets)) {
                for (FeatureColumn column : each) {
                    if (column.rows() != rows) {
                        throw new IllegalArgumentException("`" + column.name() + "` has " + column.rows()
                                + " rows and `" + columns.get(0).name() + "` has " + rows);
                    }
                }
            }
            return new FeatureDataset(
                    this, columns, targets, LongStream.range(0, rows).toArray());
        }

        private List<FeatureColumn> columns(Map<String, TensorEntry> found, List<String> names) throws IOException {
            List<FeatureColumn> columns = new ArrayList<>();
            for (String name : names) {
                TensorEntry entry = found.get(name);
                if (entry == null) {
                    throw new IllegalArgumentException(
                            "`" + file + "` has no tensor `" + name + "`; it has " + found.keySet());
                }
                columns.add(new FeatureColumn(entry));
            }
            return columns;
        }

        private static List<String> positions(Map<String, TensorEntry> found) {
            return found.keySet().stream()
                    .filter(name -> POSITION.matcher(name).matches())
                    .sorted(Comparator.comparingInt(Integer::parseInt))
                    .toList();
        }

        private static List<String> others(Map<String, TensorEntry> found, List<FeatureColumn> columns) {
            List<String> taken = columns.stream().map(FeatureColumn::name).toList();
            return found.keySet().stream().filter(name -> !taken.contains(name)).toList();
        }
    }
}

package io.graft.checkpoint.gguf;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a file says beside its tensors: the hyper-parameters of a model, and its tokenizer. It holds for tensors of the same names and
 * shapes, whatever their types are, but for the pairs that tell of these.
 *
 * @param version of the file
 * @param alignment of tensors, which the pairs tell
 * @param count of the pairs
 * @param bytes of all of them, in pieces: as another file has them, but for those that are corrected
 */
record GgufPairs(int version, int alignment, long count, List<TensorData> bytes) {
    private static final String FILE_TYPE = "general.file_type";
    private static final String QUANTIZATION = "general.quantization_version";
    private static final int QUANTIZATION_VERSION = 2;

    /** Of tensors of which no more is known than their types. */
    static GgufPairs of(List<OutputTensor> tensors, String architecture, Map<String, String> metadata) {
        TreeMap<String, String> texts = new TreeMap<>(metadata);
        texts.keySet().removeIf(key -> !GgufWriter.isText(key));
        boolean quantized = isQuantized(tensors);
        GgufBytes out = new GgufBytes();
        out.text("general.architecture", architecture);
        texts.forEach(out::text);
        if (quantized) {
            out.number(QUANTIZATION, QUANTIZATION_VERSION);
        }
        return new GgufPairs(
                3, GgufReader.DEFAULT_ALIGNMENT, 1 + texts.size() + (quantized ? 1 : 0), List.of(out.data()));
    }

    private static boolean isQuantized(List<OutputTensor> tensors) {
        return tensors.stream().map(GgufType::of).anyMatch(GgufType::isQuantized);
    }

    /** As a file says them, or a model of several; empty if it has other tensors, is a part of a model, or is no GGUF file. */
    static Optional<GgufPairs> of(Path file, List<OutputTensor> tensors) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            GgufModel model = GgufModel.read(file);
            Map<String, TensorEntry> entries = model.tensors();
            return model.isWhole() && shapes(entries).equals(shapes(tensors))
                    ? Optional.of(corrected(model.files().get(0), corrections(entries, tensors, model)))
                    : Optional.empty();
        } catch (CheckpointException anotherFormat) {
            return Optional.empty();
        }
    }

    private static Map<String, Shape> shapes(Map<String, TensorEntry> entries) {
        Map<String, Shape> shapes = new HashMap<>();
        entries.forEach((name, entry) -> shapes.put(name, GgufType.of(entry).elements(entry.shape())));
        return shapes;
    }

    private static Map<String, Shape> shapes(List<OutputTensor> tensors) {
        Map<String, Shape> shapes = new HashMap<>();
        tensors.stream()
                .filter(tensor -> GgufType.find(tensor).isPresent())
                .forEach(tensor -> shapes.put(tensor.name(), GgufType.of(tensor).elements(tensor.shape())));
        return shapes;
    }

    /** What pairs become, by their keys: nothing where they are left out. */
    private static Map<String, Optional<Integer>> corrections(
            Map<String, TensorEntry> entries, List<OutputTensor> tensors, GgufModel model) {
        Map<String, String> said = model.files().get(0).metadata();
        Map<String, Optional<Integer>> corrections = new TreeMap<>();
        said.keySet().stream()
                .filter(key -> key.startsWith(GgufSplit.KEYS))
                .forEach(key -> corrections.put(key, Optional.empty()));
        boolean sameTypes = tensors.stream()
                .allMatch(tensor -> GgufType.of(tensor).equals(GgufType.of(entries.get(tensor.name()))));
        if (!sameTypes) {
            if (said.containsKey(FILE_TYPE)) {
                corrections.put(FILE_TYPE, FileTypes.of(tensors, said.get(FILE_TYPE)));
            }
            if (isQuantized(tensors)) {
                corrections.put(QUANTIZATION, Optional.of(QUANTIZATION_VERSION));
            }
        }
        return corrections;
    }

    private static GgufPairs corrected(GgufFile file, Map<String, Optional<Integer>> corrections) {
        Map<String, Optional<Integer>> left = new TreeMap<>(corrections);
        Pieces pieces = new Pieces(file.file());
        for (GgufPair pair : file.pairs()) {
            Optional<Integer> correction = left.remove(pair.key());
            if (correction == null || isSaid(correction, pair, file)) {
                pieces.keep(pair);
            } else {
                correction.ifPresent(number -> pieces.add(pair.key(), number));
            }
        }
        left.forEach((key, number) -> number.ifPresent(value -> pieces.add(key, value)));
        return new GgufPairs(file.version(), file.alignment(), pieces.count, pieces.all());
    }

    private static boolean isSaid(Optional<Integer> correction, GgufPair pair, GgufFile file) {
        return correction.isPresent()
                && String.valueOf(correction.get()).equals(file.metadata().get(pair.key()));
    }

    /** Bytes of a file and others, one after the other. */
    private static final class Pieces {
        private final CheckpointFile file;
        private final List<TensorData> pieces = new ArrayList<>();
        private long start;
        private long end;
        private long count;

        Pieces(CheckpointFile file) {
            this.file = file;
        }

        void keep(GgufPair pair) {
            if (pair.start() != end) {
                end();
                start = pair.start();
            }
            end = pair.end();
            count++;
        }

        void add(String key, int number) {
            end();
            GgufBytes bytes = new GgufBytes();
            bytes.number(key, number);
            pieces.add(bytes.data());
            count++;
        }

        private void end() {
            if (end > start) {
                pieces.add(file.data(start, end - start));
            }
            start = end;
        }

        List<TensorData> all() {
            end();
            return List.copyOf(pieces);
        }
    }
}

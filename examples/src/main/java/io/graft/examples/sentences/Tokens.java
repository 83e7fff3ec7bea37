package io.graft.examples.sentences;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import io.graft.NamedTensor;
import io.graft.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Sentences as an encoder takes them, filled up to one length.
 *
 * @param rows how many sentences
 * @param length tokens of each
 * @param ids of the tokens, row by row
 * @param mask 1 where a token is, 0 where it is filled up
 * @param types of the tokens, all 0
 * @param labels of the sentences
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
record Tokens(int rows, int length, long[] ids, long[] mask, long[] types, long... labels) {
    static Tokens of(HuggingFaceTokenizer tokenizer, List<Sentences.Sentence> sentences) {
        List<Encoding> encoded = Arrays.asList(tokenizer.batchEncode(
                sentences.stream().map(Sentences.Sentence::text).toList()));
        // The tokenizer's own file fills everything up to 128.
        int length = (int) encoded.stream()
                .mapToLong(each -> Arrays.stream(each.getAttentionMask()).sum())
                .max()
                .orElseThrow();
        return new Tokens(
                encoded.size(),
                length,
                flat(encoded, Encoding::getIds, length),
                flat(encoded, Encoding::getAttentionMask, length),
                flat(encoded, Encoding::getTypeIds, length),
                sentences.stream().mapToLong(Sentences.Sentence::label).toArray());
    }

    private static long[] flat(List<Encoding> encoded, Function<Encoding, long[]> part, int length) {
        return encoded.stream()
                .map(part)
                .flatMapToLong(row -> Arrays.stream(row, 0, length))
                .toArray();
    }

    /** As inputs of a run, by the names that the model has for them. */
    List<NamedTensor> inputs() {
        Shape shape = Shape.of(rows, length);
        return List.of(
                NamedTensor.of("input_ids", shape, ids),
                NamedTensor.of("attention_mask", shape, mask),
                NamedTensor.of("token_type_ids", shape, types));
    }

    NamedTensor labelTensor() {
        return NamedTensor.of("labels", Shape.of(rows), labels);
    }

    /** As DJL trains on them. */
    ArrayDataset dataset(NDManager manager, int batchSize, boolean shuffled) {
        ai.djl.ndarray.types.Shape shape = new ai.djl.ndarray.types.Shape(rows, length);
        return new ArrayDataset.Builder()
                .setData(manager.create(ids, shape), manager.create(mask, shape), manager.create(types, shape))
                .optLabels(manager.create(labels))
                .setSampling(batchSize, shuffled)
                .build();
    }
}

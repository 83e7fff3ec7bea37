package io.graft.checkpoint.pytorch.state;

import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.storage.StorageSource;
import io.graft.checkpoint.pytorch.storage.TensorResolver;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A tensor of a state dict: one whose elements lie in a storage, or one of a kind that is not read. */
public sealed interface NamedTensor {
    /** A tensor whose elements lie in a storage. */
    record Plain(TensorValue tensor) implements NamedTensor {}

    /**
     * A tensor of a kind that is not read.
     *
     * @param elements what is known of it
     * @param refusal why, as a sentence that goes on after its name, and what to do
     */
    record Unread(Elements elements, Refusal refusal) implements NamedTensor {}

    /**
     * Elements of a tensor that is not read.
     *
     * @param type name of their type or of a storage of it; of a tensor of which nothing is known, that of bytes
     * @param size elements per dimension
     */
    record Elements(Global type, List<Long> size) {
        /** Nothing is known. */
        public static final Elements UNKNOWN = new Elements(new Global("torch", "uint8"), List.of(0L));
    }

    /**
     * Finds where the data of tensors lie.
     *
     * @throws io.graft.checkpoint.CheckpointException if one does not fit its storage
     */
    static Map<String, TensorEntry> locate(Map<String, NamedTensor> tensors, StorageSource storages, Refusals refusals)
            throws IOException {
        TensorResolver resolver = new TensorResolver(storages, refusals);
        Map<String, TensorEntry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, NamedTensor> tensor : tensors.entrySet()) {
            String name = tensor.getKey();
            if (tensor.getValue() instanceof Unread unread) {
                Elements elements = unread.elements();
                entries.put(name, resolver.unread(name, elements.type(), elements.size(), unread.refusal()));
            } else {
                entries.put(name, resolver.resolve(name, ((Plain) tensor.getValue()).tensor()));
            }
        }
        return entries;
    }

    /** What a record says of a tensor that is not read. */
    static Unread unread(PickleValue value) {
        return new Unread(
                WrappedTensor.elements(value),
                new Refusal(
                        "is " + WrappedTensor.kind(value) + ", which Graft does not read", WrappedTensor.help(value)));
    }
}

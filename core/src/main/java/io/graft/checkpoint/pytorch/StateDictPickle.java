package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.write.OutputTensor;
import java.util.List;

/** The {@code data.pkl} of a state dict: an {@code OrderedDict} of contiguous tensors, each of which fills its storage. */
final class StateDictPickle {
    /** Items that Python's pickler sets at once. */
    private static final int BATCH = 1000;

    private StateDictPickle() {}

    /**
     * @param keys for each tensor, the number of its storage
     */
    static byte[] of(List<OutputTensor> tensors, List<Integer> keys) {
        PickleOutput pickle = new PickleOutput();
        pickle.emptyOrderedDict();
        for (int from = 0; from < tensors.size(); from += BATCH) {
            int to = Math.min(from + BATCH, tensors.size());
            if (to - from > 1) {
                pickle.write('(');
            }
            for (int i = from; i < to; i++) {
                pickle.newText(tensors.get(i).name());
                pickle.tensor(tensors.get(i), String.valueOf(keys.get(i)));
            }
            pickle.write(to - from > 1 ? 'u' : 's');
        }
        return pickle.end();
    }
}

package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.write.OutputTensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The {@code data.pkl} of nested dicts and lists of plain values and tensors. */
final class DictPickle {
    private final PickleOutput pickle = new PickleOutput();
    private final Iterator<Integer> keys;

    private DictPickle(List<Integer> keys) {
        this.keys = keys.iterator();
    }

    /** The tensors of a dict, in the order in which they stand there. */
    static List<OutputTensor> tensors(Map<?, ?> dict) {
        List<OutputTensor> tensors = new ArrayList<>();
        collect(dict, tensors);
        return tensors;
    }

    private static void collect(Object value, List<OutputTensor> to) {
        if (value instanceof OutputTensor tensor) {
            to.add(tensor);
        } else if (value instanceof Map<?, ?> dict) {
            dict.values().forEach(each -> collect(each, to));
        } else if (value instanceof Collection<?> list) {
            list.forEach(each -> collect(each, to));
        }
    }

    /**
     * @param keys for each tensor, the number of its storage
     * @throws IllegalArgumentException if there is a value that is none of these; the message names its class
     */
    static byte[] of(Map<?, ?> dict, List<Integer> keys) {
        DictPickle writing = new DictPickle(keys);
        writing.value(dict);
        return writing.pickle.end();
    }

    private void value(Object value) {
        if (value == null) {
            pickle.write('N');
        } else if (value instanceof OutputTensor tensor) {
            pickle.tensor(tensor, String.valueOf(keys.next()));
        } else if (value instanceof Map<?, ?> dict) {
            dict(dict);
        } else if (value instanceof Collection<?> list) {
            list(list);
        } else if (value instanceof String text) {
            pickle.text(text);
        } else if (value instanceof Boolean flag) {
            pickle.write(flag ? 0x88 : 0x89);
        } else if (value instanceof Long || value instanceof Integer) {
            pickle.number(((Number) value).longValue());
        } else if (value instanceof Double number) {
            pickle.real(number);
        } else {
            throw new IllegalArgumentException(
                    "a file of PyTorch cannot hold a " + value.getClass().getName());
        }
    }

    private void dict(Map<?, ?> dict) {
        pickle.write('}');
        pickle.remember();
        pickle.write('(');
        dict.forEach((key, value) -> {
            value(key);
            value(value);
        });
        pickle.write('u');
    }

    private void list(Collection<?> list) {
        pickle.write(']');
        pickle.remember();
        pickle.write('(');
        list.forEach(this::value);
        pickle.write('e');
    }
}

package io.graft.djl.forward;

import java.util.List;

/**
 * What a block takes and gives, by name.
 *
 * @param inputs its inputs in order
 * @param required how many of them must be given; the others may be left out
 * @param outputs its outputs in order
 */
public record Signature(List<String> inputs, int required, List<String> outputs) {
    public Signature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}

package io.graft.modifiers.lora.options;

import io.graft.config.DecodedBy;
import java.util.List;

/**
 * Numbers of the layers of a stack, from 0; one number may stand without a list.
 *
 * @param numbers none below 0
 */
@DecodedBy(LayersDecoder.class)
public record Layers(List<Long> numbers) {
    public Layers {
        numbers = List.copyOf(numbers);
        if (numbers.stream().anyMatch(number -> number < 0)) {
            throw new IllegalArgumentException("layers are numbered from 0, and here is " + numbers);
        }
    }
}

package io.graft.examples.sentences;

import io.graft.NamedTensor;
import io.graft.apply.features.FeatureRequest;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.examples.Example;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What anyone needs to hold the trained adapter against PEFT: inputs, and the last hidden state that the encoder gives for them. */
record Exchange(Example example) {
    void write(Tokens tokens) throws IOException {
        example.fresh("inputs.safetensors");
        List<OutputTensor> numbered = new ArrayList<>();
        for (NamedTensor input : tokens.inputs()) {
            numbered.add(
                    new OutputTensor(Integer.toString(numbered.size()), input.dtype(), input.shape(), input::data));
        }
        new SafetensorsWriter(example.output(), "inputs", SafetensorsWriter.UNLIMITED, Map.of()).write(numbered);
        String adapter = "adapter=\"" + example.output().resolve("adapter") + "\"";
        example.configuration("adapter.conf", adapter)
                .featurize(new FeatureRequest(
                        "encoder",
                        tokens.inputs(),
                        List.of(),
                        FeatureRequest.USUAL_BATCH,
                        example.fresh("outputs.safetensors"),
                        false));
    }
}

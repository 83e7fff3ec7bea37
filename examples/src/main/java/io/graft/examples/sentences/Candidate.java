package io.graft.examples.sentences;

import io.graft.apply.FileRun;
import io.graft.apply.features.FeatureRequest;
import io.graft.examples.Example;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * MiniLM in so many bits.
 *
 * @param scheme of {@code quantization}, or {@value #PLAIN}
 * @param isTraced whether it is the program that Python has traced, and not the native model
 */
record Candidate(String scheme, boolean isTraced) {
    static final String PLAIN = "float32";

    String name() {
        return isTraced ? scheme + ", traced" : scheme;
    }

    FileRun configuration(Example example) {
        if (scheme.equals(PLAIN)) {
            return example.configuration(isTraced ? "traced.conf" : "float32.conf");
        }
        return example.configuration(isTraced ? "traced-quantized.conf" : "quantized.conf", "scheme=" + scheme);
    }

    /** What the encoder gives for each sentence. Only the native model has a module that takes the mean over the tokens. */
    Embeddings embeddings(Example example, Tokens tokens, int batchSize) throws IOException {
        Path file = example.fresh((isTraced ? "states-" : "features-") + scheme + ".safetensors");
        configuration(example)
                .featurize(new FeatureRequest(
                        isTraced ? "encoder" : "pooling",
                        tokens.inputs(),
                        List.of(tokens.labelTensor()),
                        batchSize,
                        file,
                        false));
        if (!isTraced) {
            return Embeddings.read(file);
        }
        Embeddings means = Embeddings.means(file, tokens);
        Files.delete(file);
        return means;
    }
}

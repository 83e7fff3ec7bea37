package io.graft.examples.sentences;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.NamedTensor;
import io.graft.examples.Example;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingsTest {
    private static final Tokens TOKENS = new Tokens(
            2, 3, new long[] {101, 2023, 102, 101, 102, 0}, new long[] {1, 1, 1, 1, 1, 0}, new long[6], 0, 1);

    @TempDir
    Path folder;

    @Test
    void theMeanLeavesOutWhatFillsASentenceUp() throws IOException {
        float[] states = {1, 10, 2, 20, 6, 60, 3, 30, 5, 50, 1000, 1000};
        new Example(folder, folder, true, System.out)
                .write("states", List.of(NamedTensor.of("states", Shape.of(2, 3, 2), states)));
        Embeddings means = Embeddings.means(folder.resolve("states.safetensors"), TOKENS);
        assertEquals(2, means.rows());
        assertArrayEquals(new float[] {3, 30, 4, 40}, means.values());
    }

    @Test
    void cosinesAreOfTheSameSentence() {
        Embeddings wanted = new Embeddings(2, 3, 4, 1, 0);
        assertArrayEquals(new double[] {1, 0.6}, new Embeddings(2, 6, 8, 3, 4).cosines(wanted), 1e-12);
    }

    @Test
    void theTracedProgramIsTheSameModel() throws IOException {
        Path folderOfExample = Path.of("quantized-sentences").toAbsolutePath();
        Example example = new Example(folderOfExample, folder, true, System.out);
        TracedProgram.store(
                folderOfExample.resolve("../sentence-classifier/program.zip"),
                folderOfExample.resolve("target/program.pt"));
        Embeddings wanted = new Candidate(Candidate.PLAIN, false).embeddings(example, TOKENS, 1);
        Embeddings given = new Candidate(Candidate.PLAIN, true).embeddings(example, TOKENS, 1);
        assertArrayEquals(wanted.values(), given.values(), 1e-5f);
        Embeddings coded = new Candidate("int8", true).embeddings(example, TOKENS, 1);
        double least = Arrays.stream(coded.cosines(wanted)).min().orElseThrow();
        assertTrue(least > 0.99 && least < 1, "" + least);
        assertTrue(Files.notExists(folder.resolve("states-int8.safetensors")));
    }
}

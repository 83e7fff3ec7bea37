package io.graft.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;

/** A Python process that loads a checkpoint whenever it is asked to. */
final class PythonLoads implements AutoCloseable {
    private static final String SCRIPT = "benchmarks/src/main/python/live.py";

    private final Process process;
    private final Writer questions;
    private final BufferedReader answers;
    private double sum;

    PythonLoads(String python, Path checkpoint, int layers, int rows, int columns) throws IOException {
        this.process = new ProcessBuilder(
                        python,
                        SCRIPT,
                        checkpoint.toString(),
                        Integer.toString(layers),
                        Integer.toString(rows),
                        Integer.toString(columns))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.questions = process.outputWriter();
        this.answers = process.inputReader();
    }

    /** Loads once, in one of the script's ways. */
    Turns.Seconds load(String way) throws IOException {
        questions.write(way + "\n");
        questions.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("Python has ended: " + SCRIPT + " is looked for from the root of the checkout");
        }
        String[] numbers = answer.split(" ", -1);
        sum = Double.parseDouble(numbers[2]);
        return new Turns.Seconds(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
    }

    /** Of all elements that were loaded last. */
    double sum() {
        return sum;
    }

    @Override
    public void close() throws IOException {
        questions.close();
        process.onExit().join();
    }
}

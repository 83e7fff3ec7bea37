package io.graft.benchmarks.measuring;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;

/** A Python process that does a piece of work whenever it is asked to, and tells what that took. */
public final class PythonProcess implements AutoCloseable {
    private final String script;
    private final Process process;
    private final Writer questions;
    private final BufferedReader answers;
    private double last;

    /**
     * Starts it.
     *
     * @param script in {@code benchmarks/src/main/python}
     */
    public PythonProcess(String python, String script, Object... arguments) throws IOException {
        this.script = "benchmarks/src/main/python/" + script;
        List<String> command = new ArrayList<>(List.of(python, this.script));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        this.process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.questions = process.outputWriter();
        this.answers = process.inputReader();
    }

    /** Does it once, in one of the script's ways. */
    public Turns.Seconds run(String way) throws IOException {
        questions.write(way + "\n");
        questions.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("Python has ended: " + script + " is looked for from the root of the checkout");
        }
        String[] numbers = answer.split(" ", -1);
        last = Double.parseDouble(numbers[2]);
        return new Turns.Seconds(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
    }

    /** The third number of the last answer: what came out. */
    public double last() {
        return last;
    }

    @Override
    public void close() throws IOException {
        questions.close();
        process.onExit().join();
    }
}

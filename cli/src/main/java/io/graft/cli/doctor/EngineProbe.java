package io.graft.cli.doctor;

import io.graft.cli.output.Console;
import io.graft.djl.StartedEngine;
import io.graft.djl.forward.BlockModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Starts the engine in a process of its own: a native library that does not fit the machine can end the process that loads it,
 * which is what the doctor is to tell.
 */
final class EngineProbe {
    private static final long SECONDS = 120;
    private static final List<String> HANDED_ON = List.of(
            "PYTORCH_VERSION",
            "PYTORCH_LIBRARY_PATH",
            "PYTORCH_PRECXX11",
            "PYTORCH_FLAVOR",
            "DJL_CACHE_DIR",
            "ENGINE_CACHE_DIR",
            "ai.djl.offline",
            "OPT_OUT_TRACKING",
            "java.library.path");

    private EngineProbe() {}

    /** What became of the other process. */
    sealed interface Outcome {
        /** The engine runs. */
        record Running(StartedEngine engine) implements Outcome {}

        /** It does not. */
        record Broken(String reason, String help) implements Outcome {}
    }

    /** The other process: prints what it found, one fact a line. */
    public static void main(String[] arguments) {
        Console console = Console.ofProcess();
        try {
            StartedEngine engine = StartedEngine.start();
            console.out().println("version=" + engine.version());
            console.out().println("library=" + engine.library());
            engine.devices().forEach(device -> console.out().println("device=" + device));
        } catch (BlockModelException missing) {
            console.out().println("reason=" + missing.detail());
            console.out().println("help=" + missing.help());
        } catch (RuntimeException | LinkageError failure) {
            console.out().println("reason=the engine fails: " + failure);
            console.out().println("help=");
        }
        console.out().flush();
    }

    static Outcome run(String classPath) throws IOException {
        Path said = Files.createTempFile("graft-doctor", ".txt");
        try {
            Process process = new ProcessBuilder(command(classPath))
                    .redirectOutput(said.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Outcome.Broken(
                        "the engine does not start within " + SECONDS + " seconds", "see what else this machine does");
            }
            return outcome(process.exitValue(), Files.readAllLines(said, StandardCharsets.UTF_8));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new Outcome.Broken("interrupted while the engine started", "");
        } finally {
            Files.deleteIfExists(said);
        }
    }

    private static Outcome outcome(int code, List<String> lines) {
        List<String> reason = values(lines, "reason");
        if (!reason.isEmpty()) {
            return new Outcome.Broken(reason.get(0), String.join("", values(lines, "help")));
        }
        List<String> version = values(lines, "version");
        if (code != 0 || version.isEmpty()) {
            return new Outcome.Broken(
                    "the native library ends the process that loads it (exit code " + code + ")",
                    "take a pytorch-native of this platform and flavour, in the version of the engine");
        }
        return new Outcome.Running(
                new StartedEngine(version.get(0), String.join("", values(lines, "library")), values(lines, "device")));
    }

    private static List<String> values(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .toList();
    }

    private static List<String> command(String classPath) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        HANDED_ON.stream()
                .filter(property -> System.getProperty(property) != null)
                .map(property -> "-D" + property + "=" + System.getProperty(property))
                .forEach(command::add);
        Stream.of("-cp", classPath, EngineProbe.class.getName()).forEach(command::add);
        return command;
    }
}

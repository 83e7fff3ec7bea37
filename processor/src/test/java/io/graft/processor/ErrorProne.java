package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;

/** Runs javac with Error Prone and both processors: in a process of its own, since Error Prone needs javac's inside. */
final class ErrorProne {
    private static final List<String> OPENED =
            List.of("api", "file", "main", "model", "parser", "processing", "tree", "util");

    private ErrorProne() {}

    /** What it warns of in what is generated; the program has to compile. */
    static List<String> warnings(Path folder, JavaFileObject... sources) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "javac").toString()));
        OPENED.forEach(
                name -> command.add("-J--add-exports=jdk.compiler/com.sun.tools.javac." + name + "=ALL-UNNAMED"));
        Stream.of("code", "comp")
                .forEach(
                        name -> command.add("-J--add-opens=jdk.compiler/com.sun.tools.javac." + name + "=ALL-UNNAMED"));
        String classPath = System.getProperty("java.class.path");
        command.addAll(List.of("-XDcompilePolicy=simple", "--should-stop=ifError=FLOW", "-Xplugin:ErrorProne"));
        command.addAll(List.of("-cp", classPath, "-processorpath", classPath, "-d", folder.toString()));
        command.addAll(List.of(
                "-processor", PlugAggregatingProcessor.class.getName() + "," + PlugBindingProcessor.class.getName()));
        for (JavaFileObject source : sources) {
            Path file = folder.resolve(source.getName().substring(1));
            Files.createDirectories(file.getParent());
            command.add(Files.writeString(file, Compiling.text(source)).toString());
        }
        Process javac = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(javac.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, javac.waitFor(), said);
        return said.lines()
                .filter(line -> line.contains("_Binder.java:") || line.contains("_Provider.java:"))
                .toList();
    }
}

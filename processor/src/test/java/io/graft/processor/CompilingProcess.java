package io.graft.processor;

import com.google.testing.compile.JavaFileObjects;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;

/** The other end of {@link LaterJavac}: runs on the later JDK, and must not name that class, which starts such a process. */
final class CompilingProcess {
    private CompilingProcess() {}

    /** Compiles what it is sent until nothing more comes. */
    public static void main(String[] arguments) throws IOException {
        DataInputStream requests = new DataInputStream(System.in);
        DataOutputStream answers = new DataOutputStream(System.out);
        System.setOut(new PrintStream(System.err, true));
        while (true) {
            int first = requests.read();
            if (first < 0) {
                return;
            }
            int options = (first << 24) | (requests.readUnsignedByte() << 16) | requests.readUnsignedShort();
            int sources = requests.readInt();
            List<String> said = answer(texts(requests, options), texts(requests, 2 * sources));
            answers.writeInt(said.size());
            for (String text : said) {
                answers.writeUTF(text);
            }
            answers.flush();
        }
    }

    private static List<String> texts(DataInputStream requests, int count) throws IOException {
        List<String> texts = new ArrayList<>();
        for (int text = 0; text < count; text++) {
            texts.add(requests.readUTF());
        }
        return texts;
    }

    /** @param sources the name of each and its text, in turn */
    private static List<String> answer(List<String> options, List<String> sources) {
        List<JavaFileObject> files = new ArrayList<>();
        for (int name = 0; name < sources.size(); name += 2) {
            String className = sources.get(name)
                    .replaceFirst("^/", "")
                    .replaceFirst("\\.java$", "")
                    .replace('/', '.');
            files.add(JavaFileObjects.forSourceString(className, sources.get(name + 1)));
        }
        return Compiling.compiler(options.toArray()).compile(files).diagnostics().stream()
                .map(CompilingProcess::describe)
                .toList();
    }

    private static String describe(Diagnostic<? extends JavaFileObject> diagnostic) {
        String file =
                diagnostic.getSource() == null ? "-" : diagnostic.getSource().getName();
        return "%s %s:%d: %s"
                .formatted(diagnostic.getKind(), file, diagnostic.getLineNumber(), diagnostic.getMessage(null));
    }
}

package io.graft.modifiers.lora.command;

import io.graft.checkpoint.write.WrittenFile;
import io.graft.problem.Counts;
import io.graft.problem.Printable;
import java.io.PrintWriter;
import java.util.List;

/** The files that a command wrote, for people. */
final class OutputsText {
    private OutputsText() {}

    static void print(PrintWriter out, List<WrittenFile> outputs) {
        for (WrittenFile file : outputs) {
            out.println("wrote " + Printable.of(file.path()) + "  " + Counts.of(file.bytes(), "byte") + "  sha256 "
                    + file.sha256());
        }
    }
}

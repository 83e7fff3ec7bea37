package io.graft.benchmarks.faults;

import io.graft.apply.ConfigMutations;
import io.graft.apply.ModelModifierApplier;
import io.graft.benchmarks.measuring.Folders;
import io.graft.checkpoint.Mutations;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Reads damaged checkpoints and configurations in large numbers; whatever ends in anything but words ends the program. */
public final class MutationsBenchmark {
    private static final int ALL = 100_000;

    private MutationsBenchmark() {}

    /** Arguments: a folder to work in, how many files are damaged, and good ones beside those of the tests. */
    public static void main(String[] arguments) throws IOException, URISyntaxException {
        if (arguments.length < 1) {
            System.err.println("usage: MutationsBenchmark FOLDER [FILES [CHECKPOINT...]]");
            return;
        }
        int all = arguments.length > 1 ? Integer.parseInt(arguments[1]) : ALL;
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "graft-mutations");
        try {
            System.out.println("| what | files | read nevertheless | refused | crashed or hung |");
            System.out.println("|---|---:|---:|---:|---:|");
            List<Path> good = new ArrayList<>();
            for (String name : Mutations.FILES) {
                good.add(Path.of(Objects.requireNonNull(Mutations.class.getResource(name), name)
                        .toURI()));
            }
            for (int i = 2; i < arguments.length; i++) {
                good.add(Path.of(arguments[i]));
            }
            print("checkpoints", all / 2, readCheckpoints(all / 2, good, folder));
            print("configurations", all - all / 2, checkConfigurations(all - all / 2, folder));
        } finally {
            Folders.delete(folder);
        }
    }

    private static int readCheckpoints(int count, List<Path> files, Path folder) throws IOException {
        int read = 0;
        for (int i = 0; i < files.size(); i++) {
            read += Mutations.readAll(files.get(i), i, share(count, files.size(), i), folder);
        }
        return read;
    }

    private static int checkConfigurations(int count, Path folder) throws IOException {
        List<String> texts = ConfigMutations.TEXTS;
        ModelModifierApplier applier = ModelModifierApplier.create();
        int correct = 0;
        for (int i = 0; i < texts.size(); i++) {
            int share = share(count, texts.size(), i);
            correct += ConfigMutations.checkAll(texts.get(i), i, share, folder.resolve("mutated.conf"), applier);
        }
        return correct;
    }

    /** How many of all go to one of several, so that none is left over. */
    private static int share(int all, int several, int one) {
        return all / several + (one < all % several ? 1 : 0);
    }

    private static void print(String what, int files, int read) {
        System.out.printf("| %s | %,d | %,d | %,d | 0 |%n", what, files, read, files - read);
    }
}

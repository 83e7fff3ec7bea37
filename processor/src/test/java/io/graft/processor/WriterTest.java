package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.typesafe.config.ConfigFactory;
import io.graft.config.Binder;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.config.ConfigWriter;
import io.graft.config.ProblemRenderer;
import io.graft.config.RecordWriter;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a binder writes, it reads back. */
class WriterTest {
    private static final int RECORDS = 500;
    private static final long SEED = 20261123;

    @TempDir
    Path folder;

    @Test
    @SuppressWarnings("unchecked")
    void writingAndBindingGivesTheSameRecord() throws Exception {
        try (Extension extension = Extension.compile(folder, Everything.SOURCE)) {
            RandomValues values = new RandomValues(new Random(SEED));
            Class<?> type = extension.loader().loadClass("com.acme.EverythingModelModifier$Options");
            Object binder = extension
                    .loader()
                    .loadClass("com.acme.EverythingModelModifier_Options_Binder")
                    .getConstructor()
                    .newInstance();
            for (int number = 0; number < RECORDS; number++) {
                Object options = values.record(type);
                String hocon =
                        ConfigWriter.of((RecordWriter<Object>) binder, options).toHocon();

                Bound<?> bound = ((Binder<?>) binder).bind(ConfigCursor.of(ConfigFactory.parseString(hocon)));

                String where = "record " + number + " of seed " + SEED + "\n" + hocon;
                assertEquals(options, bound instanceof Bound.Ok<?> ok ? ok.value() : refused(bound, where), where);
            }
        }
    }

    private static Object refused(Bound<?> bound, String where) {
        return fail(ProblemRenderer.plain().render(bound.problems()) + where);
    }
}

package io.graft.processor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HouseRulesTest {
    private static final JavaClasses CLASSES = new ClassFileImporter().importPath("target/classes");

    @Test
    void packagesFormNoCycle() {
        slices().matching("io.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nothingEndsTheProcess() {
        noClasses()
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(CLASSES);
    }

    @Test
    void nothingPrints() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
    }

    @Test
    void everyPackageIsDescribed() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<Path> undescribed = files.filter(
                            file -> file.toString().endsWith(".java") && !file.endsWith("module-info.java"))
                    .map(Path::getParent)
                    .distinct()
                    .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                    .sorted()
                    .toList();
            assertEquals(List.of(), undescribed);
        }
    }

    @Test
    void theModuleOffersWhatTheServicesFilesDo() throws IOException {
        Path classes = Path.of("target/classes");
        Map<String, Set<String>> files = new TreeMap<>();
        try (Stream<Path> services = Files.list(classes.resolve("META-INF/services"))) {
            for (Path file : services.toList()) {
                files.put(
                        file.getFileName().toString(),
                        Files.readAllLines(file).stream()
                                .map(line -> line.replaceFirst("#.*", "").strip())
                                .collect(Collectors.toCollection(TreeSet::new)));
            }
        }
        try (InputStream descriptor = Files.newInputStream(classes.resolve("module-info.class"))) {
            assertEquals(
                    files,
                    ModuleDescriptor.read(descriptor).provides().stream()
                            .collect(Collectors.toMap(
                                    ModuleDescriptor.Provides::service,
                                    provides -> new TreeSet<>(provides.providers()),
                                    (one, other) -> one,
                                    TreeMap::new)));
        }
    }
}

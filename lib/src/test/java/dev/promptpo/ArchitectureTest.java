package dev.promptpo;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The arrows between the library's packages, as docs/architecture.md draws them. */
class ArchitectureTest {

    private static final List<String> BASE = List.of("ledger", "python");

    /** In the order that data flows: each may use those before it. */
    private static final List<String> FLOW =
            List.of(
                    "environment",
                    "prompt",
                    "llm",
                    "policy",
                    "rollout",
                    "film",
                    "optimizer",
                    "analysis");

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.promptpo");

    @Test
    void everyClassLiesInOneOfThesePackages() {
        List<String> all = new ArrayList<>(BASE);
        all.addAll(FLOW);
        classes()
                .should()
                .resideInAnyPackage(packages(all))
                .because("a class sits where its noun lives")
                .check(CLASSES);
    }

    @Test
    void thePackagesOfTheBaseUseNoOther() {
        for (String base : BASE) {
            classes()
                    .that()
                    .resideInAPackage(packageOf(base))
                    .should()
                    .onlyDependOnClassesThat(
                            not(resideInAPackage("dev.promptpo.."))
                                    .or(resideInAPackage(packageOf(base))))
                    .check(CLASSES);
        }
    }

    @Test
    void dataFlowsOneWay() {
        for (int i = 0; i < FLOW.size(); i++) {
            List<String> allowed = new ArrayList<>(BASE);
            allowed.addAll(FLOW.subList(0, i + 1));
            classes()
                    .that()
                    .resideInAPackage(packageOf(FLOW.get(i)))
                    .should()
                    .onlyDependOnClassesThat(
                            not(resideInAPackage("dev.promptpo.."))
                                    .or(resideInAnyPackage(packages(allowed))))
                    .check(CLASSES);
        }
    }

    @Test
    void onlyPythonKnowsJep() {
        noClasses()
                .that()
                .resideOutsideOfPackage(packageOf("python"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jep..")
                .check(CLASSES);
    }

    @Test
    void theLibraryKnowsNeitherJupyterNorCharts() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.dflib..", "org.knowm.xchart..", "picocli..")
                .check(CLASSES);
    }

    private static String[] packages(List<String> names) {
        return names.stream().map(ArchitectureTest::packageOf).toArray(String[]::new);
    }

    private static String packageOf(String name) {
        return "dev.promptpo." + name + "..";
    }
}

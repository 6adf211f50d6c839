package dev.promptpo.figures;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What the figures stand on, as docs/architecture.md draws it. */
class ArchitectureTest {
    private static final String[] LIBRARY = {
        "dev.promptpo.ledger..",
        "dev.promptpo.python..",
        "dev.promptpo.environment..",
        "dev.promptpo.prompt..",
        "dev.promptpo.llm..",
        "dev.promptpo.policy..",
        "dev.promptpo.rollout..",
        "dev.promptpo.film..",
        "dev.promptpo.optimizer..",
        "dev.promptpo.analysis..",
        "dev.promptpo.figures..",
    };

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.promptpo.figures");

    @Test
    void figuresStandOnTheLibraryAndOnNeitherKernelNorCommandLine() {
        classes()
                .should()
                .onlyDependOnClassesThat(
                        not(resideInAPackage("dev.promptpo..")).or(resideInAnyPackage(LIBRARY)))
                .check(CLASSES);
    }

    @Test
    void ofANotebooksKernelTheyKnowTheJupyterInterfaceAlone() {
        classes()
                .should()
                .onlyDependOnClassesThat(
                        not(resideInAPackage("org.dflib.."))
                                .or(resideInAPackage("org.dflib.jjava.jupyter..")))
                .check(CLASSES);
    }

    @Test
    void onlyTheExtensionAndItsMagicKnowJupyter() {
        noClasses()
                .that()
                .doNotHaveSimpleName("PythonMagic")
                .and()
                .haveNameNotMatching(".*\\.NotebookExtension(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.dflib..")
                .because("pictures and tables are of use without a notebook")
                .check(CLASSES);
    }
}

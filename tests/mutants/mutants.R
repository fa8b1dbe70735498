# Do the tests catch wrong code? Each mutant of mutants.dcf is a one-line change
# of the core or of R code: made in a copy, built, and tested by the C++ unit
# tests, then by the R tests it names. Says of each whether it was caught.
#
#   Rscript tests/mutants/mutants.R [FIRST [LAST]]     from the package's root
#
# mutants.dcf: Old must stand once in File; a mutant with a line Equal is one
# that no test can tell, and says why.

arguments <- as.integer(commandArgs(TRUE))
root <- normalizePath(".")
copy <- file.path(root, ".build", "mutants")
mutants <- as.data.frame(read.dcf(
    file.path(root, "tests", "mutants", "mutants.dcf"),
    fields = c("File", "Old", "New", "Why", "Tests", "Equal")
))
chosen <- seq_len(nrow(mutants))
if (length(arguments)) chosen <- chosen[chosen >= arguments[1L]]
if (length(arguments) > 1L) chosen <- chosen[chosen <= arguments[2L]]

# A shell command in the copy; TRUE where it succeeds.
run <- function(command, log) {
    status <- system(paste0("cd '", copy, "' && (", command, ") > '", log,
        "' 2>&1"))
    status == 0
}

# Modification times are kept, so that only what changed is built again.
refresh <- function() {
    dir.create(copy, recursive = TRUE, showWarnings = FALSE)
    entries <- c("DESCRIPTION", "NAMESPACE", "LICENSE", "R", "src", "inst",
        "man", "configure", "cleanup", "tests", "tools", ".build/cpp",
        ".build/src", ".build/library", ".build/headers", ".build/installed")
    entries <- entries[file.exists(file.path(root, entries))]
    # Files that are gone since the last time would be built with the others.
    unlink(file.path(copy, grep("^[.]build", entries, value = TRUE,
        invert = TRUE)), recursive = TRUE)
    status <- system(paste(
        "cd", shQuote(root), "&& tar cf -", paste(shQuote(entries),
            collapse = " "), "| tar xf - -C", shQuote(copy)
    ))
    if (status != 0) stop("can't copy the package")
}

# The room's own tests first: they are quick, and catch most.
cpp_tests <- function(file, log) {
    if (!run("make -s -j2 -C tests/cpp", log)) return("does not build")
    own <- suites_of(basename(dirname(file)))
    unit_tests <- function(filter) {
        run(paste0("timeout 600 .build/cpp/unit_tests --gtest_brief=1 ",
            "--gtest_fail_fast --gtest_filter='", filter, "'"), log)
    }
    if (!length(own)) return(unit_tests("*"))
    own <- paste0(own, ".*", collapse = ":")
    unit_tests(own) && unit_tests(paste0("-", own))
}

# The test suites of a room of the core.
suites_of <- function(room) {
    lines <- unlist(lapply(list.files(file.path(copy, "tests", "cpp", room),
        "[.]cpp$", full.names = TRUE), readLines))
    unique(sub("^TEST(_F)?[(]([^,]+),.*", "\\2",
        grep("^TEST(_F)?[(]", lines, value = TRUE)))
}

r_tests <- function(names, log) {
    if (!run("tools/install", log)) return("does not build")
    for (name in names) {
        test <- paste0(
            "testthat::test_file(\\\"tests/testthat/test-", name, ".R\\\", ",
            "package = \\\"clustcr\\\", load_package = \\\"installed\\\", ",
            "stop_on_failure = TRUE)"
        )
        if (!run(paste0("R_LIBS=$PWD/.build/library timeout 900 Rscript -e \"",
            test, "\""), log)) {
            return(FALSE)
        }
    }
    TRUE
}

# "caught", "survived" or why it can't be said.
judge <- function(mutant, log) {
    path <- file.path(copy, mutant$File)
    before <- readLines(path)
    at <- which(trimws(before) == mutant$Old)
    if (length(at) != 1L) return(paste("its line stands", length(at), "times"))
    after <- before
    after[at] <- if (is.na(mutant$New)) "" else mutant$New
    writeLines(after, path)
    on.exit({
        writeLines(before, path)
    })
    if (startsWith(mutant$File, "src/")) {
        passed <- cpp_tests(mutant$File, log)
        if (is.character(passed)) return(passed)
        if (!passed) return("caught")
    }
    if (is.na(mutant$Tests)) return("survived")
    passed <- r_tests(strsplit(mutant$Tests, " ")[[1L]], log)
    if (is.character(passed)) return(passed)
    if (passed) "survived" else "caught"
}

refresh()
verdicts <- character()
for (i in chosen) {
    mutant <- mutants[i, ]
    log <- file.path(copy, paste0("mutant-", i, ".log"))
    verdict <- judge(mutant, log)
    verdicts <- c(verdicts, if (is.na(mutant$Equal)) verdict else "equal")
    cat(sprintf("%2d %-9s %s: %s\n", i, verdict, mutant$File, mutant$Why))
}
counted <- verdicts[verdicts != "equal"]
cat(sprintf("%d of %d caught (%.0f %%)\n", sum(counted == "caught"),
    length(counted), 100 * mean(counted == "caught")))
quit(status = as.integer(mean(counted == "caught") < 0.95))

test_that("a model of files is read and printed", {
    spec <- random_model(1)
    spec$v$used[3] <- "P"
    model <- recombinationModel(write_model(spec))
    expect_identical(model$v$name, spec$v$name)
    expect_identical(model$v$functional, c(TRUE, TRUE, FALSE))
    expect_equal(sum(model$v_j), 1)
    text <- capture.output(print(model))
    expect_match(text[1], "TRB, V to D to J")
    expect_match(text[2], "1 V gene (2 alleles), 2 D genes", fixed = TRUE)
    expect_match(text[3], "1 other allele")
    text <- capture.output(print(recombinationModel(write_model(
        random_model(1, d = FALSE)))))
    expect_match(text[1], "V to J$")
    expect_false(any(grepl("D gene", text)))
})

# The files of a model, one of them changed by fun(lines).
changed_model <- function(file, fun, envir = parent.frame()) {
    folder <- withr::local_tempdir(.local_envir = envir)
    write_model(random_model(1), folder)
    path <- file.path(folder, file)
    writeLines(fun(readLines(path)), path)
    folder
}

test_that("what is inconsistent is refused with file and line", {
    refused <- function(file, fun, says, line) {
        error <- expect_error(recombinationModel(changed_model(file, fun)),
            says, class = "clustcr_error_format")
        expect_match(conditionMessage(error), file, fixed = TRUE)
        expect_identical(error$line, line)
    }
    swap <- function(from, to) function(x) sub(from, to, x, fixed = TRUE)
    refused("model_params.txt", swap("TRBV1*02;AC", "TRBV1*02;AN"),
        "'N' is no nucleotide", 4)
    refused("model_params.txt", swap("%TRBV1*01", "TRBV1*01"),
        "must begin with @, # or %", 5)
    refused("model_params.txt", function(x) x[-4], "no value number 1", 2)
    refused("model_params.txt", function(x) append(x, x[4], 4), "comes twice",
        5)
    refused("model_params.txt", swap("#Deletion;gene;side;5;v_3_del",
        "#Deletion;v_3_del"), "five fields", 12)
    refused("model_params.txt", swap("GeneChoice;gene;side;5;v_ch",
        "GeneChoice;gene;side;5;w_ch"), "no event 'v_choice'", 1)
    refused("model_marginals.txt", function(x) {
        x[4] <- sub("^%[^,]*", "%0.9", x[4])
        x
    }, "sum to [0-9.]+, not to 1 \\(row 1\\)", 1)
    refused("model_marginals.txt", function(x) {
        x[4] <- sub("^%[^,]*", "%much", x[4])
        x
    }, "'much' is no probability", 4)
    refused("model_marginals.txt", swap("$Dim[3]", "$Dim[4]"), "3 prob", 4)
    refused("model_marginals.txt", swap("@d_gene", "@x_gene"),
        "no event 'x_gene' in model_params", 9)
    refused("model_marginals.txt", function(x) x[-(11:12)], "out of place", 11)
    refused("V_gene_CDR3_anchors.csv", swap("TRBV1*01,2", "TRBV1*01,900"),
        "is 900, and the gene has 7 letters", 2)
    refused("V_gene_CDR3_anchors.csv", swap("gene,", "genes,"), "header", 1)
    refused("J_gene_CDR3_anchors.csv", swap("*01,3", "*01,three"),
        "'three', not a whole number", 2)
})

test_that("a folder that is none is told", {
    expect_error(recombinationModel("nowhere"), "`folder`.* is no folder",
        class = "clustcr_error_invalid_argument")
    folder <- withr::local_tempdir()
    write_model(random_model(1), folder)
    unlink(file.path(folder, "model_marginals.txt"))
    expect_error(recombinationModel(folder), "lacks model_marginals.txt",
        class = "clustcr_error_invalid_argument")
})

test_that("a model survives being saved", {
    model <- recombinationModel(made_up_model())
    file <- withr::local_tempfile()
    saveRDS(model, file)
    asked <- c("CASSLGQYF", "CASSPDTQYF")
    expect_identical(generationProbability(asked, model = readRDS(file)),
        generationProbability(asked, model = model))
})

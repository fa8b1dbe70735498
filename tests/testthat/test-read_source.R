# Compressed files and pipes: whole, or an error.

text <- paste0(
    "junction_aa\tv_call\n",
    paste0(random_cdr3(500, 3), "\tTRBV1\n", collapse = "")
)

compressed_by <- function(program, args, text, name) {
    skip_if(!nzchar(Sys.which(program)), paste(program, "is not there"))
    file <- file_of(text, name = name)
    out <- paste0(file, ".out")
    system2(program, c(args, shQuote(file)), stdout = out)
    readBin(out, "raw", file.size(out))
}

packers <- list(
    list("gzip", "-c"), list("bzip2", "-c"), list("xz", "-c"),
    list("zstd", c("-q", "-c"))
)

for (case in packers) {
    local({
        program <- case[[1]]
        args <- case[[2]]
        test_that(paste(program, "files are read, or refused as a whole"), {
            bytes <- compressed_by(program, args, text, "a.tsv")
            expected <- quiet(file_of(text))
            expect_identical(quiet(file_of(bytes, name = "a")), expected)
            expect_identical(quiet(file_of(bytes, name = "a.csv")), expected)
            for (kept in c(12, length(bytes) %/% 2, length(bytes) - 1)) {
                expect_error(
                    quiet(file_of(bytes[seq_len(kept)])),
                    paste("no complete", program),
                    class = "clustcr_error_format"
                )
            }
            middle <- length(bytes) %/% 2
            bytes[middle] <- xor(bytes[middle], as.raw(0x55))
            expect_error(quiet(file_of(bytes)), program,
                class = "clustcr_error_format")
        })
    })
}

# Of a file of two members what follows the first must be one.
for (case in packers) {
    local({
        program <- case[[1]]
        args <- case[[2]]
        test_that(paste("what follows a member of", program, "is a member"), {
            halves <- c(text, paste0(random_cdr3(400, 4), "\tTRBV2\n",
                collapse = ""))
            parts <- lapply(halves, function(half) {
                compressed_by(program, args, half, "a.tsv")
            })
            whole <- c(parts[[1]], parts[[2]])
            expect_identical(quiet(file_of(whole)),
                quiet(file_of(paste(halves, collapse = ""))))
            first <- length(parts[[1]])
            header <- if (program == "zstd") 4L else 3L
            damaged <- c(
                lapply(seq_len(header), function(at) {
                    replace(whole, first + at,
                        xor(whole[first + at], as.raw(0x1f)))
                }),
                list(whole[seq_len(first + 5L)], head(whole, -1L)),
                list(c(whole, charToRaw("garbage that follows"))),
                list(c(parts[[1]], charToRaw(halves[2]))),
                list(c(whole, as.raw(0x42)))
            )
            for (bytes in damaged) {
                expect_error(quiet(file_of(bytes)),
                    paste("no complete", program),
                    class = "clustcr_error_format")
            }
        })
    })
}

test_that("options of packers in the environment change nothing", {
    bytes <- compressed_by("gzip", "-c", text, "a.tsv")
    withr::local_envvar(GZIP = "-v", BZIP2 = "-v", XZ_OPT = "-v")
    expect_identical(quiet(file_of(bytes)), quiet(file_of(text)))
})

zipped <- function(...) {
    skip_if(!nzchar(Sys.which("zip")) || !nzchar(Sys.which("unzip")),
        "zip is not there")
    folder <- withr::local_tempdir(.local_envir = parent.frame())
    texts <- list(...)
    for (name in names(texts)) {
        dir.create(file.path(folder, dirname(name)), FALSE, TRUE)
        writeChar(texts[[name]], file.path(folder, name), eos = NULL)
    }
    withr::with_dir(folder, utils::zip("a.zip", names(texts), "-q"))
    file.path(folder, "a.zip")
}

test_that("archives of one file are read", {
    expected <- quiet(file_of(text))
    expect_identical(quiet(zipped("t.tsv" = text)), expected)
    expect_identical(quiet(zipped("in/a [1]*.tsv" = text)), expected)
    expect_identical(
        quiet(zipped("t.tsv" = text, "__MACOSX/._t.tsv" = "x")), expected
    )
    expect_error(
        quiet(zipped("a.tsv" = text, "b.tsv" = text)),
        "must hold one file; it holds 2: `a.tsv`, `b.tsv`",
        class = "clustcr_error_format"
    )
    expect_error(
        quiet(zipped("[Content_Types].xml" = "x", "xl/a.xml" = "y")),
        "workbook", class = "clustcr_error_format"
    )
    file <- zipped("t.tsv" = text)
    bytes <- readBin(file, "raw", file.size(file))
    for (kept in c(10, length(bytes) %/% 2)) {
        expect_error(quiet(file_of(bytes[seq_len(kept)])), "zip",
            class = "clustcr_error_format")
    }
    # unzip says nothing of what follows an archive.
    expect_error(quiet(file_of(bytes, charToRaw("garbage"))), "end",
        class = "clustcr_error_format")
    expect_error(quiet(file_of(bytes, bytes)), "zip",
        class = "clustcr_error_format")
    # But a comment is part of it.
    n <- length(bytes)
    expect_identical(
        quiet(file_of(replace(bytes, n - 1L, as.raw(5)), "hello")), expected
    )
    bytes[200] <- xor(bytes[200], as.raw(0x55))
    expect_error(quiet(file_of(bytes)), "zip", class = "clustcr_error_format")
})

test_that("pipes are read to their end", {
    skip_if(!nzchar(Sys.which("mkfifo")), "mkfifo is not there")
    folder <- withr::local_tempdir()
    pipe <- file.path(folder, "pipe")
    system2("mkfifo", shQuote(pipe))
    big <- paste0("junction_aa\n", strrep("CASSLGQAYEQYF\n", 50000))
    file <- file_of(big)
    for (source in c(file, file_of(gzipped(big)))) {
        # The writer comes late, and writes in two halves.
        system(paste0("(sleep 0.3; cat ", shQuote(source), ") > ",
            shQuote(pipe)), wait = FALSE)
        expect_identical(nrow(quiet(pipe)), 50000L)
    }
    skip_if(!nzchar(Sys.which("bash")), "bash is not there")
    code <- paste0(
        "x <- suppressMessages(clustcr::readCdr3(commandArgs(TRUE))); ",
        "cat(nrow(x))"
    )
    script <- file_of(code, name = "read.R")
    out <- system2("bash", c("-c", shQuote(paste0(
        shQuote(file.path(R.home("bin"), "Rscript")), " ", shQuote(script),
        " <(cat ", shQuote(file), ")"
    ))), stdout = TRUE, env = paste0("R_LIBS=", paste(.libPaths(),
        collapse = ":")))
    expect_identical(out, "50000")
})

# More than a megabyte, which is what was lost of it.
big_table <- function() {
    paste0("junction_aa\tv_call\tnote\n", paste0(random_cdr3(3000, 11),
        "\tTRBV7-2\t", strrep("x", 600), "\n", collapse = ""))
}

test_that("gzip files in parts are what they are as a whole, or nothing", {
    text <- paste0("note\tjunction_aa\n", paste0(strrep("x", 600), "\t",
        random_cdr3(3000, 12), "\n", collapse = ""), "short\nshort\n")
    bytes <- gzipped(text)
    packed <- file_of(bytes, name = "a.tsv.gz")
    broken <- file_of(head(bytes, -5L), name = "a.tsv.gz")
    wanted <- cohort_clusters(file_of(text, name = "a.tsv"), v_gene = "none")
    expect_identical(clusterAudit(wanted)$malformed, 2)
    for (chunk in list(97, 1000, NULL)) for (n_cpus in 1:2) {
        local_binding("cohort_chunk", function(...) chunk)
        x <- cohort_clusters(packed, v_gene = "none", n_cpus = n_cpus)
        expect_identical(as.data.frame(x), as.data.frame(wanted))
        expect_equal(clusterAudit(x), clusterAudit(wanted))
        run <- Clustering(method = "mcl", n_cpus = n_cpus)
        expect_error(run$batch_precluster_files(broken),
            "no complete gzip file", class = "clustcr_error_format")
        expect_identical(nrow(run$batches()), 0L)
        run$batch_cleanup()
    }
    expect_error(readRepertoire(broken, chunk_size = 10,
        callback = function(x) stop("a part of a broken file")),
        "no complete gzip file", class = "clustcr_error_format")
})

test_that("a pipe is read once, from its beginning, by every entrance", {
    folder <- withr::local_tempdir()
    file <- file.path(folder, "sample.tsv")
    writeChar(big_table(), file, eos = NULL)
    pipe <- function() {
        pipe_at(file.path(withr::local_tempdir(.local_envir =
            parent.frame()), "sample.tsv"), file)
    }
    expect_identical(nrow(suppressMessages(readCdr3(pipe()))), 3000L)
    for (method in c("mcl", "two-step")) {
        wanted <- cohort_clusters(file, v_gene = "none", method = method)
        for (files in list(pipe(), c(other = pipe()))) {
            x <- cohort_clusters(files, v_gene = "none", method = method)
            expect_identical(sum(clusterAudit(x)$given), 3000)
            expect_identical(as.data.frame(x), as.data.frame(wanted))
        }
    }
    # What was read once can't be written again, and is not waited for.
    expect_error(writeClusters(x, withr::local_tempdir(), "airr"), "is a pipe",
        class = "clustcr_error_invalid_argument")
    # A sheet may name one, and may come by one.
    sheet <- data.frame(repertoire_id = "s", file = pipe())
    expect_identical(sum(clusterAudit(cohort_clusters(sheet))$given), 3000)
    sheet_file <- file.path(folder, "sheet.tsv")
    writeLines(c("repertoire_id\tgroup", "sample\tone"), sheet_file)
    sheet_pipe <- pipe_at(file.path(folder, "other.tsv"), sheet_file)
    x <- cohort_clusters(file, samples = sheet_pipe)
    expect_identical(clusterSamples(x)$group, "one")
    run <- Clustering(method = "mcl")
    suppressMessages(run$batch_precluster_files(pipe()))
    expect_identical(run$batches()$rows, 3000)
    out <- withr::local_tempfile(fileext = ".tsv")
    suppressMessages(assign_files(x, pipe(), out))
    expect_identical(length(readLines(out)), 3001L)
    reference <- file_of("cdr3\tv.segm\tantigen.epitope\tgene\tspecies\n",
        "CASSF\tTRBV1\tGIL\tTRB\tHomoSapiens\n")
    expect_identical(
        suppressMessages(readAntigenReference(pipe_at(file.path(folder,
            "reference"), reference))),
        suppressMessages(readAntigenReference(reference))
    )
})

test_that("a process substitution loses nothing", {
    skip_if(!nzchar(Sys.which("bash")), "bash is not there")
    file <- file_of(big_table())
    script <- file_of(paste0(
        "x <- suppressMessages(clustcr::clusterRepertoires(commandArgs(TRUE)",
        ", v_gene = \"none\")); cat(sum(clustcr::clusterAudit(x)$given))"
    ), name = "run.R")
    out <- system2("bash", c("-c", shQuote(paste0(
        shQuote(file.path(R.home("bin"), "Rscript")), " ", shQuote(script),
        " <(cat ", shQuote(file), ") <(head -n 11 ", shQuote(file), ")"
    ))), stdout = TRUE, env = paste0("R_LIBS=", paste(.libPaths(),
        collapse = ":")))
    expect_identical(out, "3010")
})

test_that("nobody waits for ever for a pipe that nobody writes to", {
    local_binding("seconds_for_writer", 1L)
    folder <- withr::local_tempdir()
    file <- file.path(folder, "a.tsv")
    writeLines(c("junction_aa", "CASSF", "CASSY"), file)
    pipe <- pipe_at(file.path(folder, "pipe.tsv"))
    for (call in list(
        function() quiet(pipe), function() readAntigenReference(pipe),
        function() cohort_clusters(c(file, pipe)),
        function() cohort_clusters(file, samples = pipe),
        function() {
            suppressMessages(
                Clustering(method = "mcl")$batch_precluster_files(pipe))
        }
    )) {
        seconds <- system.time(expect_error(call(), "nobody writes to the pipe",
            class = "clustcr_error_io"))[["elapsed"]]
        expect_lt(seconds, 60)
    }
    expect_warning(
        x <- cohort_clusters(c(file, pipe), on_error = "skip"), "nobody writes"
    )
    expect_identical(clusterSamples(x)$repertoire_id, "a")
    # In a folder it is passed by, and told.
    for (files in c(folder, file.path(folder, "*.tsv"))) {
        expect_message(x <- clusterRepertoires(files), "pipe.tsv' is left out",
            class = "clustcr_message_left_out")
        expect_identical(clusterSamples(x)$repertoire_id, "a")
    }
    expect_error(cohort_clusters(pipe, output = file.path(folder, "airr")),
        "`output`.*a pipe can be read only once",
        class = "clustcr_error_invalid_argument")
})

test_that("files of the net are fetched once", {
    skip_if_not_installed("curl")
    cache <- withr::local_tempdir()
    withr::local_envvar(R_USER_CACHE_DIR = cache)
    # R's own server of help gives what is in its session's folder.
    server <- callr::r_bg(function(port) {
        options(help.ports = port)
        writeLines(c("junction_aa\tv_call", "CASSLGQAYEQYF\tTRBV7-9"),
            file.path(tempdir(), "a b.tsv"))
        suppressMessages(tools::startDynamicHelp(TRUE))
        repeat Sys.sleep(0.05)
    }, list(port <- free_port()))
    withr::defer(server$kill())
    address <- paste0("http://127.0.0.1:", port, "/session/a%20b.tsv?x=1")
    for (i in 1:200) {
        found <- tryCatch(suppressMessages(readRepertoire(address)),
            clustcr_error_io = identity)
        if (!inherits(found, "error")) break
        Sys.sleep(0.1)
    }
    expect_identical(found$v_call, "TRBV7-9")
    server$kill()
    x <- cohort_clusters(address)
    expect_identical(clusterSamples(x)$repertoire_id, "a_b")
    # Wherever files are named.
    x <- cohort_clusters(data.frame(file = address, repertoire_id = "s"))
    expect_identical(clusterSamples(x)$repertoire_id, "s")
    run <- Clustering(method = "mcl")
    suppressMessages(run$batch_precluster_files(address))
    expect_equal(run$batches()$rows, 1)
    run$batch_cleanup()
    expect_error(readAntigenReference(address), "must be an export of",
        class = "clustcr_error_format")
    expect_error(readRepertoire(sub("a%20b", "c", address)), "can't be fetched",
        class = "clustcr_error_io")
    expect_identical(basename(list.files(cache, recursive = TRUE)), "a_b.tsv")
})

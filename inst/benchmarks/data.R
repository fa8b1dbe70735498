# The input of the benchmarks, cut once from the shared data into `folder`.
# Everything returns paths.

shared_data <- function(name) {
    file <- file.path(Sys.getenv("CLUSTCR_SHARED"), "data", name)
    if (!file.exists(file)) {
        stop("the benchmarks need ", name, " in the folder `data` of ",
            "CLUSTCR_SHARED, which is '", Sys.getenv("CLUSTCR_SHARED"), "'")
    }
    file
}

read_shared <- function(name) {
    data.table::fread(
        cmd = paste("gzip -dc", shQuote(shared_data(name))), sep = "\t",
        quote = "", header = name != "hip07754.txt.gz", data.table = FALSE
    )
}

# `parts` gzipped AIRR tables (or lists of sequences) of every parts-th row.
split_data <- function(name, parts, folder) {
    stem <- sub("[.].*", "", name)
    suffix <- if (name == "hip07754.txt.gz") ".txt.gz" else ".tsv.gz"
    files <- file.path(folder, sprintf("%s_%02d%s", stem, seq_len(parts),
        suffix))
    if (all(file.exists(files))) return(files)
    dir.create(folder, FALSE, TRUE)
    table <- read_shared(name)
    for (i in seq_len(parts)) {
        data.table::fwrite(
            table[seq(i, nrow(table), parts), , drop = FALSE], files[i],
            sep = "\t", quote = FALSE, compress = "gzip",
            col.names = suffix == ".tsv.gz"
        )
    }
    files
}

hip_files <- function(folder) split_data("hip07754.txt.gz", 5, folder)
real_files <- function(folder) split_data("trb_real_1m.tsv.gz", 10, folder)
olga_files <- function(folder) split_data("olga_trb_5m.tsv.gz", 20, folder)

# The first n sequences of OLGA as ten files.
scaling_files <- function(n, folder) {
    files <- file.path(folder, sprintf("scaling_%d_%02d.tsv.gz", n, 1:10))
    if (all(file.exists(files))) return(files)
    table <- read_shared("olga_trb_5m.tsv.gz")
    table <- utils::head(table, n)
    for (i in 1:10) {
        data.table::fwrite(table[seq(i, n, 10), ], files[i], sep = "\t",
            quote = FALSE, compress = "gzip")
    }
    files
}

build_generator <- function(folder = tempdir()) {
    here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
        value = TRUE)))
    program <- file.path(folder, "generator")
    if (file.exists(program)) return(program)
    dir.create(folder, FALSE, TRUE)
    status <- system2("g++", c("-O2", "-std=c++17",
        shQuote(file.path(here, "generator.cpp")), "-o", shQuote(program)))
    if (status != 0) stop("generator.cpp did not compile")
    program
}

# The first n distinct CDR3s of one draw, as lists of up to a million.
synthetic_files <- function(n, folder, seed = 12) {
    folder <- file.path(folder, paste0("synthetic_", seed))
    parts <- ceiling(n / 1e6)
    files <- file.path(folder, sprintf("part_%03d.txt", seq_len(parts)))
    if (!all(file.exists(files))) {
        dir.create(folder, FALSE, TRUE)
        model <- dirname(shared_data("olga_human_trb/model_params.txt"))
        status <- system(paste(
            shQuote(build_generator(folder)), shQuote(model),
            format(parts * 1e6, scientific = FALSE), seed, "distinct |",
            "tail -n +2 | cut -f1 | split -a 3 --numeric-suffixes=1",
            "-l 1000000 --additional-suffix=.txt -",
            shQuote(file.path(folder, "part_"))
        ))
        if (status != 0) stop("the generator failed")
    }
    if (n == parts * 1e6) return(files)
    last <- tempfile(fileext = ".txt")
    writeLines(readLines(files[parts], n - (parts - 1) * 1e6), last)
    c(files[-parts], last)
}

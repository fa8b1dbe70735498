# The folder cohort/ beside a store, as far as kept clusters know it: what
# clusterRepertoires() has put there, and how it is known to be ours.

is_cohort <- function(directory) {
    folder <- file.path(directory, "cohort")
    dir.exists(folder) && is_ours(folder, "arguments.tsv")
}

# How what we write into cohort/ begins.
cohort_beginning <- function(name) {
    if (startsWith(name, "arguments.tsv")) return("\"name\"\t\"value\"\n")
    if (startsWith(name, "files.tsv")) {
        return(paste0("\"", names(no_files_in), "\"", collapse = "\t"))
    }
    if (startsWith(name, "clusters.txt")) return(data_title("clusters"))
    if (startsWith(name, "staged-")) return(data_title("staged file"))
}

# A whole file of ours, or what a killed call has left of one.
is_ours <- function(folder, name) {
    path <- file.path(folder, name)
    if (is_link(path) || cpp_file_kind(path) != "file") return(FALSE)
    if (is_of_0_2_0(path)) return(TRUE)
    whole <- regmatches(name, regexpr(paste0("^(arguments[.]tsv|files[.]tsv|",
        "clusters[.]txt|staged-[0-9a-f]{32}[.]txt)"), name))
    if (!length(whole)) return(FALSE)
    begins <- cohort_beginning(whole)
    if (name != whole) return(is_left_of(path, whole, begins))
    lines <- tryCatch(read_checked_lines(path), clustcr_error = function(e) "")
    startsWith(lines[1L], sub("\n", "", begins, fixed = TRUE))
}

# Objects of R that clustcr 0.2.0 kept there, known by what stands in them: to
# read one would run what is in it.
is_of_0_2_0 <- function(path) {
    name <- basename(path)
    words <- if (grepl("^clusters[.]rds(-[0-9a-f]+)?$", name)) {
        c("RepertoireClusters", "store_id", "run_id")
    } else if (grepl("^staged-[0-9a-f]{32}[.]rds(-[0-9a-f]+)?$", name)) {
        c("keys", "counts", "without_v_call")
    }
    if (is.null(words)) return(FALSE)
    tryCatch({
        connection <- gzfile(path, "rb")
        on.exit(close(connection))
        bytes <- readBin(connection, "raw", 2^26)
        all(vapply(words, function(word) {
            length(grepRaw(word, bytes, fixed = TRUE)) > 0L
        }, NA))
    }, error = function(e) FALSE, warning = function(w) FALSE)
}

cohort_path <- function(directory, name) file.path(directory, "cohort", name)

no_files_in <- data.frame(
    repertoire_id = character(), file = character(), size = character(),
    check = character(), rows = character(), without_v_call = character(),
    store = character()
)

# Those of this store; a store that was made anew has none of them.
files_in_store <- function(directory, store_id) {
    table <- read_checked(cohort_path(directory, "files.tsv"))
    if (is.null(table)) return(no_files_in)
    table[table$store == store_id, , drop = FALSE]
}

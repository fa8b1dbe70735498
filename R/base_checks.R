# Checks of arguments. Each says what must hold, which argument, and what was
# given.

# A short description of a value for an error message.
given <- function(x) {
    if (is.null(x)) return("NULL")
    if (is.atomic(x) && length(x) == 1L) {
        if (is.numeric(x) && !is.object(x)) return(plain_numbers(x))
        if (!is.character(x)) return(format(x))
        shown <- encodeString(x, quote = "\"")
        if (nchar(shown) <= 80L) return(shown)
        return(paste0(substr(shown, 1L, 60L), "...\", of ",
            nchar(x, "bytes"), " bytes"))
    }
    kind <- class(x)[1L]
    paste(if (grepl("^[aeiouAEIO]", kind)) "an" else "a", kind, "of length",
        length(x))
}

check_number <- function(x, name, lowest = -Inf, highest = Inf,
                         whole = FALSE) {
    ok <- is.numeric(x) && length(x) == 1L && is.finite(x) &&
        x >= lowest && x <= highest && (!whole || x == floor(x))
    if (!ok) {
        bad_argument(
            "`", name, "` must be a ", if (whole) "whole ", "number",
            if (is.finite(lowest) && is.finite(highest)) {
                paste(" from", plain_numbers(lowest), "to",
                    plain_numbers(highest))
            } else if (lowest == .Machine$double.eps) {
                " above 0"
            } else if (is.finite(lowest)) {
                paste(" of", plain_numbers(lowest), "or more")
            },
            ", not ", given(x)
        )
    }
    as.numeric(x)
}

check_flag <- function(x, name) {
    if (!is.logical(x) || length(x) != 1L || is.na(x)) {
        bad_argument("`", name, "` must be TRUE or FALSE, not ", given(x))
    }
    x
}

check_string <- function(x, name) {
    if (!is.character(x) || length(x) != 1L || is.na(x) || !nzchar(x)) {
        bad_argument("`", name, "` must be one non-empty string, not ",
            given(x))
    }
    enc2utf8(x)
}

# Names of repertoires and of batches are fields of tables and, shortened by
# nothing, names of files: none may be longer than those can be, or break a
# line. One door for all that give such names.
# Batches' names have always come back with line ends; a \r breaks tables.
check_names <- function(x, name, line_ends = FALSE) {
    x <- as.character(x)
    latin1 <- Encoding(x) == "latin1"
    x[latin1] <- enc2utf8(x[latin1])
    valid <- validUTF8(x)
    long <- nchar(x, "bytes") > 200L
    broken <- grepl(if (line_ends) "[\\x01-\\x08\\x0b-\\x1f\\x7f]"
        else "[\\x01-\\x08\\x0a-\\x1f\\x7f]", x, perl = TRUE, useBytes = TRUE)
    bad <- which(!valid | long | broken)
    if (!length(bad)) return(x)
    i <- bad[1L]
    bad_argument("`", name, "` must be text in UTF-8 of at most 200 bytes, ",
        "without line ends and other control characters, not ",
        given(x[i]), if (length(x) > 1L) paste0(" (the name number ", i, ")"))
}

# The first of the choices where all of them came, as the default of a function
# that shows what there is.
check_choice <- function(x, name, choices) {
    if (identical(x, choices)) return(choices[1L])
    if (!is.character(x) || length(x) != 1L || !x %in% choices) {
        bad_argument(
            "`", name, "` must be one of ",
            paste0("\"", choices, "\"", collapse = ", "), ", not ", given(x)
        )
    }
    x
}

check_mcl_params <- function(x, name = "mcl_params") {
    # Lists, too, and names in any order.
    if (is.list(x)) x <- unlist(x)
    if (!is.null(names(x)) && length(x) == 2L) {
        if (!setequal(names(x), c("inflation", "expansion"))) {
            bad_argument("`", name, "` must have the names `inflation` and ",
                "`expansion`, or none, not ",
                paste0("`", names(x), "`", collapse = " and "))
        }
        x <- unname(x[c("inflation", "expansion")])
    }
    ok <- is.numeric(x) && length(x) == 2L && all(is.finite(x)) &&
        x[1L] > 1 && x[2L] >= 2 && x[2L] == floor(x[2L]) && x[2L] <= 100
    if (!ok) {
        bad_argument(
            "`", name, "` must be c(inflation, expansion) with inflation ",
            "above 1 and expansion a whole number from 2 to 100, not ",
            if (is.numeric(x)) deparse1(x) else given(x)
        )
    }
    as.numeric(x)
}

# Bytes from a number or from text such as "512MB" (powers of 1024).
check_bytes <- function(x, name) {
    if (is.character(x) && length(x) == 1L) {
        parts <- regmatches(x, regexec(
            "^\\s*([0-9.]+)\\s*([KMGT]?)I?B?\\s*$",
            chartr("kmgtib", "KMGTIB", x)
        ))[[1L]]
        number <- suppressWarnings(as.numeric(parts[2L]))
        power <- match(parts[3L], c("", "K", "M", "G", "T")) - 1
        x_bytes <- number * 1024^power
    } else {
        x_bytes <- x
    }
    if (!is.numeric(x_bytes) || length(x_bytes) != 1L ||
        !is.finite(x_bytes) || x_bytes < 2^20) {
        bad_argument(
            "`", name, "` must be a number of bytes, or text such as ",
            "\"512MB\" or \"2GB\", of 1MB or more, not ", given(x)
        )
    }
    x_bytes
}

# No CDR3 comes near, and every sequence takes as much memory as the longest.
longest_sequence <- 1000

# A function of its own, so that tests can do without a package.
has_package <- function(name) requireNamespace(name, quietly = TRUE)

# Those of Suggests that CRAN has not.
bioconductor_packages <- c("BiocParallel", "Biostrings", "S4Vectors",
    "SingleCellExperiment", "SummarizedExperiment")

# What to type to have a package.
install_call <- function(name) {
    if (!name %in% bioconductor_packages) {
        return(paste0("install.packages(\"", name, "\")"))
    }
    paste0(if (!has_package("BiocManager")) {
        "install.packages(\"BiocManager\"); "
    }, "BiocManager::install(\"", name, "\")")
}

# `what` needs a package of Suggests.
need_package <- function(name, what) {
    if (!has_package(name)) {
        raise_error("missing_package", paste0(
            what, " needs the package ", name, ", which is not installed: ",
            install_call(name)
        ))
    }
}

# Whatever is in `more`, a list of `...`, but what is `known` is refused, with
# the nearest name among `own` and `known`.
refuse_arguments <- function(more, who, known = character(),
                             own = character()) {
    names <- names(more)
    if (is.null(names)) names <- rep("", length(more))
    twice <- names[duplicated(names) & nzchar(names)]
    strange <- setdiff(names, c(known, ""))
    if (!length(strange) && all(nzchar(names)) && !length(twice)) {
        return(invisible(more))
    }
    if (!length(strange) && length(twice)) {
        bad_argument("`", who, "` has the argument `", twice[1L], "` twice")
    }
    near <- if (length(strange)) nearest_name(strange[1L], c(own, known))
    bad_argument(
        "`", who, "` has no argument ",
        if (length(strange)) paste0("`", strange[1L], "`")
        else "without a name here",
        if (length(near)) paste0("; did you mean `", near, "`?")
        else if (length(known)) paste0("; ", if (length(own))
            "besides its own it takes " else "it has ",
            shown_names(known, 40L))
        else if (length(own)) paste0("; it has ", shown_names(own, 40L)),
        if (!length(known)) "; it has no further arguments"
    )
}

# Those of the function that calls this, or of another.
named_arguments <- function(fun = sys.function(sys.parent())) {
    setdiff(names(formals(fun)), "...")
}

# As people type what is called otherwise here.
other_names <- c(threads = "n_cpus", cores = "n_cpus", nthreads = "n_cpus",
    ncores = "n_cpus", mccores = "n_cpus", workers = "BPPARAM",
    parallel = "BPPARAM", bpparam = "BPPARAM", ram = "memory_limit",
    memory = "memory_limit", metadata = "samples", sheet = "samples",
    outfile = "output", outdir = "directory", folder = "directory",
    genes = "v_gene", colors = "colour", color = "colour")

# The one that `name` was meant to be; nothing where no name is near.
nearest_name <- function(name, known) {
    plain <- plain_names(name)
    other <- unname(other_names[plain])
    if (other %in% known) return(other)
    far <- as.vector(utils::adist(plain, plain_names(known)))
    begins <- startsWith(plain_names(known), plain) & nchar(plain) > 2L
    far[begins & sum(begins) == 1L] <- 0
    best <- order(far)[1L]
    if (isTRUE(far[best] <= max(1, nchar(plain) %/% 3))) known[best]
}

# `inflation` and `expansion` by themselves are what `mcl_params` holds;
# `twice`: that was given, too.
with_inflation <- function(mcl_params, more, twice) {
    own <- more[names(more) %in% c("inflation", "expansion")]
    own <- own[!vapply(own, is.null, NA)]
    if (!length(own)) return(mcl_params)
    if (twice) {
        bad_argument("`mcl_params` or `", names(own)[1L], "` must be given, ",
            "not both: c(inflation, expansion) is what `mcl_params` holds")
    }
    params <- check_mcl_params(mcl_params)
    if (!is.null(own$inflation)) {
        params[1L] <- check_inflation(own$inflation)
    }
    if (!is.null(own$expansion)) {
        params[2L] <- check_number(own$expansion, "expansion", 2, 100, TRUE)
    }
    params
}

check_inflation <- function(x) {
    if (!is.numeric(x) || length(x) != 1L || !isTRUE(is.finite(x) && x > 1)) {
        bad_argument("`inflation` must be a number above 1, not ", given(x))
    }
    as.numeric(x)
}

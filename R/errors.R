# Typed conditions. Every error of the package has the class "clustcr_error"
# and, in front of it, one that says which kind it is, so that a script can
# tell a full disk ("clustcr_error_disk_full") from a wrong argument.

raise_error <- function(kind, message, call = NULL) {
    stop(structure(
        class = c(
            paste0("clustcr_error_", kind), "clustcr_error", "error",
            "condition"
        ),
        list(message = message, call = call)
    ))
}

bad_argument <- function(...) raise_error("invalid_argument", paste0(...))

# A note to the user that is not an error; suppressMessages() silences it.
inform <- function(kind, ...) {
    message(structure(
        class = c(
            paste0("clustcr_message_", kind), "clustcr_message", "message",
            "condition"
        ),
        list(message = paste0(..., "\n"), call = NULL)
    ))
}

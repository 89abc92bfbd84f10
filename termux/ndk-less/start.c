/*
 * The entry point of an Android program, in place of the NDK's crtbegin_dynamic.o and crtend_android.o.
 *
 * bionic's linker has run the constructors by the time _start is reached; what is left is to hand the
 * kernel's argument block to __libc_init, which calls main and exits with its result.
 */

typedef void (*function)(void);

/* What __libc_init expects: three lists, each from -1 to 0. */
struct structors {
    const function *preinit, *init, *fini;
};

extern int main(int, char **, char **);
extern void __libc_init(void *arguments, void (*unused)(void), int (*)(int, char **, char **),
                        const struct structors *) __attribute__((noreturn));

/* Empty on purpose: only destructors in .fini_array would be run from here, and Rust programs have none. */
static const function none[] = { (function)-1, 0 };
static const struct structors structors = { none, none, none };

__attribute__((used, noreturn)) static void start(void *arguments)
{
    __libc_init(arguments, 0, main, &structors);
}

/* The stack pointer at entry *is* the argument block, so it must be read before any C code moves it. */
#if defined(__aarch64__)
__asm__(".globl _start\n"
        ".type _start, %function\n"
        "_start: mov x29, #0\n"
        "        mov x30, #0\n"
        "        mov x0, sp\n"
        "        b start\n");
#elif defined(__x86_64__)
__asm__(".globl _start\n"
        ".type _start, %function\n"
        "_start: xor %ebp, %ebp\n"
        "        mov %rsp, %rdi\n"
        "        and $-16, %rsp\n"
        "        call start\n");
#else
#error "add _start for this processor"
#endif

/* Tells Android's tools (and `file`) which API level the program is built for: name, type 1, level. */
__asm__(".pushsection .note.android.ident, \"a\", %note\n"
        ".balign 4\n"
        ".long 8, 4, 1\n"
        ".asciz \"Android\"\n"
        ".long 24\n"
        ".popsection\n");

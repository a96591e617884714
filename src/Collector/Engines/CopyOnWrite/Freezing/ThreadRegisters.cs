namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>The registers of a stopped thread, as PTRACE_GETREGS gives them (struct user_regs_struct, arch/x86/include/asm/user_64.h).</summary>
internal sealed class ThreadRegisters
{
    public const int Words = 27;

    private readonly ulong[] _words;

    public ThreadRegisters(ReadOnlySpan<ulong> words) => _words = words[..Words].ToArray();

    public ReadOnlySpan<ulong> All => _words;

    public ulong R15 => _words[Index.R15];

    public ulong R14 => _words[Index.R14];

    public ulong R13 => _words[Index.R13];

    public ulong R12 => _words[Index.R12];

    public ulong Rbp => _words[Index.Rbp];

    public ulong Rbx => _words[Index.Rbx];

    public ulong R11 => _words[Index.R11];

    public ulong R10 => _words[Index.R10];

    public ulong R9 => _words[Index.R9];

    public ulong R8 => _words[Index.R8];

    public ulong Rax => _words[Index.Rax];

    public ulong Rcx => _words[Index.Rcx];

    public ulong Rdx => _words[Index.Rdx];

    public ulong Rsi => _words[Index.Rsi];

    public ulong Rdi => _words[Index.Rdi];

    public ulong Rip => _words[Index.Rip];

    public ulong Eflags => _words[Index.Eflags];

    public ulong Rsp => _words[Index.Rsp];

    /// <summary>Places in the structure.</summary>
    internal static class Index
    {
        public const int R15 = 0;
        public const int R14 = 1;
        public const int R13 = 2;
        public const int R12 = 3;
        public const int Rbp = 4;
        public const int Rbx = 5;
        public const int R11 = 6;
        public const int R10 = 7;
        public const int R9 = 8;
        public const int R8 = 9;
        public const int Rax = 10;
        public const int Rcx = 11;
        public const int Rdx = 12;
        public const int Rsi = 13;
        public const int Rdi = 14;
        public const int OrigRax = 15;
        public const int Rip = 16;
        public const int Eflags = 18;
        public const int Rsp = 19;
    }
}

using System.Diagnostics.CodeAnalysis;

namespace HeapDrift.Profiling.Proc;

/// <summary>
/// What reading a file of another process gave: a value, or the reason why there is none. Processes end at any time, so absence is
/// part of the answer and not an error.
/// </summary>
internal readonly record struct ProcReading<T>
    where T : class
{
    private readonly ProcAbsence _absence;

    public ProcReading(T value) => Value = value;

    public ProcReading(ProcAbsence absence) => _absence = absence;

    public T? Value { get; }

    /// <summary>Null where there is a value.</summary>
    public ProcAbsence? Absence => IsPresent ? null : _absence;

    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsPresent => Value is not null;

    public ProcReading<TResult> Select<TResult>(Func<T, TResult> parse)
        where TResult : class => IsPresent ? new(parse(Value)) : new(_absence);
}

internal enum ProcAbsence
{
    /// <summary>The process has ended, is a zombie, or has no memory of its own (a kernel thread).</summary>
    Gone,

    /// <summary>Another user's process, or one that is not dumpable: needs the same uid or <c>CAP_SYS_PTRACE</c>.</summary>
    NotPermitted,
}

using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Marking;
using Microsoft.Diagnostics.Runtime;
using GCDesc = HeapDrift.Profiling.Marking.GCDesc;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Reading;

/// <summary>Finds out about method tables, each once. The DAC serves one thread at a time.</summary>
internal sealed class RuntimeTypes(ClrRuntime runtime, IHeapMemory memory, ModuleOrigins origins)
{
    private readonly Lock _dac = new();
    private int _count;

    /// <summary>Null where there is no method table: by its bytes first, then by the runtime's own account.</summary>
    public TypeLayout? TryResolve(ulong methodTable)
    {
        if (GCDesc.TryRead(memory, methodTable) is not { } desc)
        {
            return null;
        }

        lock (_dac)
        {
            return runtime.GetTypeByMethodTable(methodTable) is { IsFree: false } type
                ? new TypeLayout(_count++, Step(type), desc, ClassObjectOf(type))
                : null;
        }
    }

    /// <summary>As the other engine spells it, so that snapshots of both can be compared.</summary>
    public static string NameOf(ClrType type) => type.Name is { } name ? TypeName.FromClrMd(name) : $"unknown type 0x{type.MethodTable:x}";

    /// <summary>Of an array the name tells: the runtime gives those of generic types to CoreLib, and asking for the element is one more way for the DAC to crash.</summary>
    private PathStep Step(ClrType type) =>
        new(NameOf(type), ModuleOf(type), PathStepKind.Type) { Origin = type.IsArray ? null : origins.Of(type.Module?.Name) };

    private static string? ModuleOf(ClrType type) => type.Module?.Name is { Length: > 0 } path ? Path.GetFileName(path) : null;

    private ulong ClassObjectOf(ClrType type)
    {
        ulong handle = type.IsCollectible ? type.LoaderAllocatorHandle : 0;
        if (handle == 0)
        {
            return 0;
        }

        Span<byte> target = stackalloc byte[sizeof(ulong)];
        return memory.Read(handle, target) == target.Length ? BitConverter.ToUInt64(target) : 0;
    }
}

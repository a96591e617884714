using HeapDrift.Profiling.Heap;
using Microsoft.Diagnostics.Runtime;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Reading;

/// <summary>Where the runtime of the frozen copy keeps objects alive from, by names that stay the same from snapshot to snapshot.</summary>
internal sealed class RuntimeRoots(
    ClrRuntime runtime, IReadOnlyList<ClrHandle> handles, IReadOnlyList<ulong> threadStatics, Func<int, string?> threadName, ModuleOrigins origins)
{
    private const ulong BoxHeaderBytes = sizeof(ulong);

    public IEnumerable<HeapRoot> Enumerate() =>
    [
        .. Statics(), .. threadStatics.Select(array => new HeapRoot(RootKind.ThreadStatic, RootNames.ThreadStatics, array)), .. Handles(), .. FinalizerQueue(), .. Stacks(),
        .. runtime.Heap.EnumerateAdditionalRoots().Select(root => new HeapRoot(RootKind.Other, RootNames.Other, root.Object.Address)),
    ];

    /// <summary>Key and value of each dependent handle.</summary>
    public IEnumerable<(ulong Key, ulong Value)> Dependents() => handles
        .Where(handle => handle.HandleKind == ClrHandleKind.Dependent)
        .Select(handle => (handle.Object.Address, handle.Dependent.Address))
        .Where(pair => pair.Item1 != 0 && pair.Item2 != 0);

    /// <summary>
    /// Without generic types. Each instantiation has fields of its own, to which nothing leads; to those of the definition the DAC of .NET 8 gives the place of
    /// somebody else's, whose objects would get a wrong name.
    /// </summary>
    private IEnumerable<HeapRoot> Statics()
    {
        ClrThread[] threads = [.. runtime.Threads.Where(thread => thread.IsAlive)];
        foreach (ClrModule module in runtime.EnumerateModules())
        {
            foreach (ClrType type in module.EnumerateTypesWithStaticFields().Where(type => !type.EnumerateGenericParameters().Any()))
            {
                IEnumerable<HeapRoot> roots = type.StaticFields.Where(IsInHeap).Select(field => Root(type, field, AddressOf(field, module), isThreadStatic: false))
                    .Concat(type.ThreadStaticFields.Where(IsInHeap).SelectMany(field => threads.Select(thread => Root(type, field, AddressOf(field, thread), isThreadStatic: true))));
                foreach (HeapRoot root in roots.Where(root => root.Address != 0))
                {
                    yield return root;
                }
            }
        }
    }

    private static bool IsInHeap(ClrField field) => field.IsObjectReference || field.ElementType == ClrElementType.Struct;

    private HeapRoot Root(ClrType type, ClrField field, ulong address, bool isThreadStatic)
    {
        string name = RootNames.OfField(RuntimeTypes.NameOf(type), field.Name ?? "?", isThreadStatic);
        return new HeapRoot(RootNames.KindOf(name, isThreadStatic), name, address) { Origin = origins.Of(type.Module?.Name) };
    }

    private ulong AddressOf(ClrStaticField field, ClrModule module) =>
        field.IsObjectReference ? field.ReadObject(module.AppDomain).Address : FindBox(field, field.GetAddress(module.AppDomain));

    private ulong AddressOf(ClrThreadStaticField field, ClrThread thread) =>
        field.IsObjectReference ? field.ReadObject(thread).Address : FindBox(field, field.GetAddress(thread));

    /// <summary>
    /// A struct lies boxed on the heap, and its field refers to the box. The runtimes differ in whether the address of the field is that of the
    /// reference or of the value in the box; the type tells. 0 for a struct without references, which is not boxed.
    /// </summary>
    private ulong FindBox(ClrField field, ulong address)
    {
        if (address == 0 || field.Type is not { } type)
        {
            return 0;
        }

        ulong[] candidates = [runtime.DataTarget.DataReader.ReadPointer(address), address - BoxHeaderBytes];
        return candidates.FirstOrDefault(candidate => runtime.DataTarget.DataReader.ReadPointer(candidate) == type.MethodTable);
    }

    private IEnumerable<HeapRoot> Handles()
    {
        foreach (ClrHandle handle in handles)
        {
            string? name = handle.HandleKind switch
            {
                ClrHandleKind.Strong or ClrHandleKind.SizedRef => RootNames.StrongHandle,
                ClrHandleKind.Pinned or ClrHandleKind.AsyncPinned => RootNames.PinnedHandle,
                ClrHandleKind.RefCounted when handle.IsStrong => RootNames.ReferenceCountedHandle,
                _ => null,
            };
            if (name is not null && handle.Object.Address != 0)
            {
                yield return new HeapRoot(RootKind.Handle, name, handle.Object.Address);
            }
        }
    }

    private IEnumerable<HeapRoot> FinalizerQueue() => runtime.Heap.EnumerateFinalizerRoots()
        .Select(root => new HeapRoot(RootKind.FinalizerQueue, RootNames.FinalizerQueue, root.Object.Address));

    private IEnumerable<HeapRoot> Stacks() => runtime.Threads.Where(thread => thread.IsAlive).SelectMany(thread =>
    {
        string name = threadName((int)thread.OSThreadId) is { Length: > 0 } known ? $"stack of thread {known}" : "stack of a thread";
        return thread.EnumerateStackRoots().Where(root => root.Object.Address != 0).Select(root => new HeapRoot(RootKind.Stack, name, root.Object.Address));
    });
}

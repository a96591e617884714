using System.Buffers.Binary;
using Microsoft.Diagnostics.Runtime;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Reading;

/// <summary>
/// From .NET 9 on a thread keeps its thread statics in an array that the collector finds through the thread and through no handle. The DAC leads to the
/// fields of types that are not generic only, so that what hangs on the others (the buffers of <c>ArrayPool&lt;T&gt;</c>, for instance) would be taken
/// for garbage. The array is found by its description, <c>ThreadLocalData</c> in src/coreclr/vm/threadstatics.h of dotnet/runtime, which the native
/// thread points to and which points back.
/// </summary>
internal sealed class ThreadStaticArrays(ClrRuntime runtime, int? runtimeMajor)
{
    /// <summary>Before, a thread had a handle for them.</summary>
    private const int FirstVersion = 9;

    private const int Word = sizeof(ulong);

    /// <summary>The native thread has 1 to 2 KB.</summary>
    private const int ThreadBytes = 4096;

    // ThreadLocalData: two counts of four bytes, the array, another one of handles for types that can be unloaded, the thread.
    private const int ArrayOffset = 8;
    private const int ThreadOffset = 24;
    private const int DescriptionBytes = 32;

    /// <summary>Where in a native thread the pointer to the description lies: the same place in all, once it is known.</summary>
    private int _place;

    /// <summary>The array of each thread that has one. Null where the runtime keeps them elsewhere, so that some are not seen.</summary>
    public IReadOnlyList<ulong>? TryFind()
    {
        if (runtimeMajor < FirstVersion)
        {
            return [];
        }

        ulong[] found = [.. runtime.Threads.Where(thread => thread.IsAlive).Select(thread => TryFind(thread.Address)).OfType<ulong>()];
        return found.Length == 0 ? null : Array.FindAll(found, array => array != 0);
    }

    /// <summary>0 for a thread that has no thread statics; null where there is no description, as with one that is just starting.</summary>
    private ulong? TryFind(ulong thread)
    {
        byte[] native = new byte[ThreadBytes];
        int read = runtime.DataTarget.DataReader.Read(thread, native);
        if (_place != 0)
        {
            return TryRead(thread, PointerAt(native, _place));
        }

        for (int place = Word; place + Word <= read; place += Word)
        {
            if (TryRead(thread, PointerAt(native, place)) is { } array)
            {
                _place = place;
                return array;
            }
        }

        return null;
    }

    private ulong? TryRead(ulong thread, ulong description)
    {
        Span<byte> bytes = stackalloc byte[DescriptionBytes];
        if (description == 0
            || description % Word != 0
            || runtime.DataTarget.DataReader.Read(description, bytes) != DescriptionBytes
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes[ThreadOffset..]) != thread)
        {
            return null;
        }

        ulong array = BinaryPrimitives.ReadUInt64LittleEndian(bytes[ArrayOffset..]);
        bool isEmpty = array == 0 && BinaryPrimitives.ReadInt32LittleEndian(bytes) == 0;
        return isEmpty || runtime.Heap.GetObjectType(array) is { IsArray: true, ComponentType.IsObjectReference: true } ? array : null;
    }

    private static ulong PointerAt(ReadOnlySpan<byte> native, int place) => BinaryPrimitives.ReadUInt64LittleEndian(native[place..]);
}

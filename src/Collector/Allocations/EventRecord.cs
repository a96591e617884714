using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using Microsoft.Diagnostics.Tracing;

namespace HeapDrift.Collector.Allocations;

/// <summary>
/// What an event record has besides the event itself: its time on the worker's monotonic clock, and the stack of who wrote it. TraceEvent shows
/// stacks only of files, by TraceLog, which keeps every event; of a stream the record that it keeps for itself has them, in the layout of
/// EVENT_RECORD (evntcons.h of the Windows SDK, 64 bits).
/// </summary>
internal static unsafe class EventRecord
{
    private const int TimeStampOffset = 16;
    private const int ExtendedDataCountOffset = 84;
    private const int ExtendedDataOffset = 88;
    private const int ExtendedDataBytes = 16;

    /// <summary>EVENT_HEADER_EXT_TYPE_STACK_TRACE64: a number that is not used here, then return addresses, the leaf first.</summary>
    private const ushort StackTrace64 = 6;

    private static readonly Func<TraceEvent, nint> Of = CompileGetter();

    /// <summary>In nanoseconds, as <see cref="System.Diagnostics.Stopwatch"/> counts them on Linux.</summary>
    public static long TimeStampOf(TraceEvent data) => *(long*)(Of(data) + TimeStampOffset);

    /// <summary>Return addresses, the leaf first; valid as long as the event is. Empty where there is no stack.</summary>
    public static ReadOnlySpan<ulong> StackOf(TraceEvent data)
    {
        nint record = Of(data);
        ushort count = *(ushort*)(record + ExtendedDataCountOffset);
        var items = (ExtendedData*)*(nint*)(record + ExtendedDataOffset);
        for (int at = 0; at < count; at++)
        {
            if (items[at].Type == StackTrace64 && items[at].Bytes > sizeof(ulong))
            {
                return new ReadOnlySpan<ulong>((ulong*)items[at].Data + 1, (items[at].Bytes / sizeof(ulong)) - 1);
            }
        }

        return [];
    }

    private static Func<TraceEvent, nint> CompileGetter()
    {
        FieldInfo field = typeof(TraceEvent).GetField("eventRecord", BindingFlags.NonPublic | BindingFlags.Instance)
            ?? throw new MissingFieldException(nameof(TraceEvent), "eventRecord");
        var getter = new DynamicMethod("EventRecordOf", typeof(nint), [typeof(TraceEvent)], typeof(TraceEvent), skipVisibility: true);
        ILGenerator code = getter.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldfld, field);
        code.Emit(OpCodes.Conv_I);
        code.Emit(OpCodes.Ret);
        return getter.CreateDelegate<Func<TraceEvent, nint>>();
    }

    /// <summary>EVENT_HEADER_EXTENDED_DATA_ITEM.</summary>
    [StructLayout(LayoutKind.Explicit, Size = ExtendedDataBytes)]
    private readonly struct ExtendedData
    {
        [FieldOffset(2)]
        public readonly ushort Type;

        [FieldOffset(6)]
        public readonly ushort Bytes;

        [FieldOffset(8)]
        public readonly nint Data;
    }
}

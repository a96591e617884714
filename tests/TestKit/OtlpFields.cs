using System.Collections;
using System.Globalization;
using Google.Protobuf;

namespace HeapDrift.TestKit;

/// <summary>Reads fields of a protobuf message by their names in the .proto file, and OTLP's own value types.</summary>
internal static class OtlpFields
{
    public static object? Field(this IMessage message, string name) =>
        message.Descriptor.FindFieldByName(name) is { } field
            ? field.Accessor.GetValue(message)
            : throw new InvalidDataException($"{message.Descriptor.FullName} has no field {name}");

    public static string Text(this IMessage message, string name) => (string)message.Field(name)!;

    public static IMessage? Message(this IMessage message, string name) => (IMessage?)message.Field(name);

    public static IEnumerable<IMessage> Messages(this IMessage message, string name) => ((IList)message.Field(name)!).Cast<IMessage>();

    public static int Number(this IMessage message, string name) => Convert.ToInt32(message.Field(name), CultureInfo.InvariantCulture);

    /// <summary>The name of an enum's value as the .proto file has it.</summary>
    public static string EnumName(this IMessage message, string name)
    {
        var number = message.Number(name);
        return message.Descriptor.FindFieldByName(name).EnumType.FindValueByNumber(number)?.Name
            ?? number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Trace and span ids: lower-case hex, or null where the field is empty.</summary>
    public static string? Id(this IMessage message, string name)
    {
        var bytes = (ByteString)message.Field(name)!;
        return bytes.IsEmpty ? null : Convert.ToHexStringLower(bytes.Span);
    }

    /// <summary>Nanoseconds since 1970, cut to the 100 ns of .NET.</summary>
    public static DateTimeOffset Time(this IMessage message, string name) =>
        DateTimeOffset.UnixEpoch.AddTicks((long)((ulong)message.Field(name)! / TimeSpan.NanosecondsPerTick));

    public static IReadOnlyDictionary<string, object?> KeyValues(this IMessage message, string name)
    {
        var values = new Dictionary<string, object?>();
        foreach (var pair in message.Messages(name))
        {
            // The specification forbids duplicate keys: Add throws, and the receiver refuses the request.
            values.Add(pair.Text("key"), AnyValue(pair.Message("value")));
        }

        return values;
    }

    public static object? AnyValue(IMessage? any)
    {
        if (any?.Descriptor.Oneofs[0].Accessor.GetCaseFieldDescriptor(any) is not { } field)
        {
            return null;
        }

        return field.Accessor.GetValue(any) switch
        {
            ByteString bytes => bytes.ToByteArray(),
            IMessage array when field.Name == "array_value" => array.Messages("values").Select(AnyValue).ToArray(),
            IMessage list => list.KeyValues("values"),
            var scalar => scalar,
        };
    }
}

using System.Globalization;
using Google.Protobuf;

namespace HeapDrift.TestKit;

/// <summary>
/// Metrics by their field numbers in opentelemetry/proto/metrics/v1/metrics.proto and common/v1/common.proto: there is no package with the
/// compiled messages. Only what tests look at.
/// </summary>
internal static class MetricDecoder
{
    private const int Gauge = 5;
    private const int Sum = 7;
    private const int Histogram = 9;

    public static IReadOnlyList<ReceivedMetric> Metrics(byte[] request) =>
    [
        .. from resourceMetrics in Fields(request)[1]
           from scopeMetrics in Fields(resourceMetrics.Bytes)[2]
           from metric in Fields(scopeMetrics.Bytes)[2]
           select Metric(Fields(metric.Bytes)),
    ];

    private static ReceivedMetric Metric(ILookup<int, Field> metric)
    {
        int kind = new[] { Gauge, Sum, Histogram }.FirstOrDefault(each => metric[each].Any());
        ILookup<int, Field> data = Fields(metric[kind].Single().Bytes);
        return new()
        {
            Name = metric[1].Single().Text,
            Unit = metric[3].SingleOrDefault().Text ?? "",
            Kind = kind == Gauge ? "gauge" : kind == Sum ? "sum" : "histogram",
            IsMonotonic = kind == Sum && data[3].Any(field => field.Number != 0),
            Points = [.. data[1].Select(point => Point(Fields(point.Bytes), isHistogram: kind == Histogram))],
        };
    }

    private static ReceivedPoint Point(ILookup<int, Field> point, bool isHistogram)
    {
        Dictionary<string, string> attributes = point[isHistogram ? 9 : 7].Select(pair => Fields(pair.Bytes)).ToDictionary(pair => pair[1].Single().Text!, pair => Value(Fields(pair[2].Single().Bytes)));
        double value = isHistogram ? point[4].Single().Number
            : point[4].Any() ? BitConverter.UInt64BitsToDouble(point[4].Single().Number)
            : (long)point[6].Single().Number;
        return new(attributes, value, [.. point[isHistogram ? 8 : 5].Select(exemplar => Convert.ToHexStringLower(Fields(exemplar.Bytes)[5].Single().Bytes))]);
    }

    private static string Value(ILookup<int, Field> any) =>
        any[1].Any() ? any[1].Single().Text! : ((long)any[3].Single().Number).ToString(CultureInfo.InvariantCulture);

    private static ILookup<int, Field> Fields(byte[] message)
    {
        using var input = new CodedInputStream(message);
        var fields = new List<(int Number, Field Field)>();
        for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            fields.Add((WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.LengthDelimited => new Field(input.ReadBytes().ToByteArray(), 0),
                WireFormat.WireType.Fixed64 => new Field([], input.ReadFixed64()),
                WireFormat.WireType.Fixed32 => new Field([], input.ReadFixed32()),
                _ => new Field([], input.ReadUInt64()),
            }));
        }

        return fields.ToLookup(field => field.Number, field => field.Field);
    }

    private readonly record struct Field(byte[] Bytes, ulong Number)
    {
        public string Text => Bytes is null ? "" : System.Text.Encoding.UTF8.GetString(Bytes);
    }
}

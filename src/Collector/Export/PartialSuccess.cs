using System.Text;

namespace HeapDrift.Collector.Export;

/// <summary>
/// What a receiver says that took only a part (opentelemetry-proto, Export*ServiceResponse: field 1 is partial_success, of which field 1 is
/// the number of what was rejected and field 2 the reason; the same for all signals). It says so with a status of success.
/// </summary>
internal static class PartialSuccess
{
    /// <summary>The header of a gRPC message: whether it is compressed, and four bytes of length.</summary>
    private const int GrpcHeader = 5;

    /// <summary>Null where everything was taken, and where the body is no such response: nobody else looks at it either.</summary>
    public static string? TryReadRejection(ReadOnlySpan<byte> body, bool isGrpc)
    {
        if (isGrpc && (body.Length < GrpcHeader || body[0] != 0))
        {
            return null;
        }

        var response = new Fields(isGrpc ? body[GrpcHeader..] : body);
        bool isPartial = response.TryFind(1);
        var partial = new Fields(response.Content);
        if (!isPartial || !partial.TryFind(1) || (long)partial.Value <= 0)
        {
            return null;
        }

        var reason = new Fields(response.Content);
        return $"{partial.Value} of what was sent was rejected ({(reason.TryFind(2) ? Encoding.UTF8.GetString(reason.Content) : "no reason was given")})";
    }

    /// <summary>Goes through a protobuf message: a tag is the number of a field, shifted by three bits of type.</summary>
    private ref struct Fields(ReadOnlySpan<byte> message)
    {
        private const int TypeBits = 3;
        private const int Varint = 0;
        private const int LengthDelimited = 2;

        /// <summary>Seven bits a byte make 64 with ten bytes.</summary>
        private const int MostVarintBytes = 10;

        private ReadOnlySpan<byte> _rest = message;

        /// <summary>Of the field that was found, where it is a number.</summary>
        public ulong Value { get; private set; }

        /// <summary>Of the field that was found, where it is a text or a message.</summary>
        public ReadOnlySpan<byte> Content { get; private set; }

        public bool TryFind(uint number)
        {
            while (TryReadVarint(out ulong tag) && TryReadField(tag & ((1 << TypeBits) - 1)))
            {
                if (tag >> TypeBits == number)
                {
                    return true;
                }
            }

            return false;
        }

        private bool TryReadField(ulong type)
        {
            if (type is not (Varint or LengthDelimited) || !TryReadVarint(out ulong value) || (type == LengthDelimited && value > (ulong)_rest.Length))
            {
                return false;
            }

            Value = value;
            Content = type == LengthDelimited ? _rest[..(int)value] : default;
            _rest = _rest[Content.Length..];
            return true;
        }

        private bool TryReadVarint(out ulong value)
        {
            value = 0;
            for (int at = 0; at < _rest.Length && at < MostVarintBytes; at++)
            {
                value |= (ulong)(_rest[at] & 0x7F) << (7 * at);
                if (_rest[at] < 0x80)
                {
                    _rest = _rest[(at + 1)..];
                    return true;
                }
            }

            return false;
        }
    }
}
